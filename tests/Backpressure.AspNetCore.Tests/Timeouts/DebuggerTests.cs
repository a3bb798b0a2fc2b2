using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Whoever looks at a request through a debugger is not cut off, unless the application wants that.</summary>
[Collection(RealTime.Name)] // the switch is the whole process's
public sealed class DebuggerTests : IDisposable
{
    private const string Switch = "Backpressure.AspNetCore.TimeoutsUnderDebugger";

    public void Dispose() => AppContext.SetSwitch(Switch, false);

    [Theory]
    [InlineData(false, null, false)]
    [InlineData(false, true, false)]
    [InlineData(true, null, true)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    public void Deadlines_stand_still_under_a_debugger_unless_the_switch_is_on(bool isDebugged, bool? acts, bool suspended)
    {
        if (acts is bool value)
        {
            AppContext.SetSwitch(Switch, value);
        }

        Assert.Equal(suspended, new TimeoutClock(new FakeTimeProvider(), () => isDebugged).IsSuspended);
    }

    [Fact]
    public void A_debugger_may_come_and_go()
    {
        bool isDebugged = false;
        TimeoutClock clock = new(new FakeTimeProvider(), () => isDebugged);
        Assert.False(clock.IsSuspended);

        isDebugged = true;

        Assert.True(clock.IsSuspended);
    }

    [Fact]
    public async Task A_request_under_a_debugger_has_no_deadline_though_its_endpoint_and_its_caller_set_one()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Services = static services => services.AddSingleton(new TimeoutClock(new FakeTimeProvider(), static () => true)),
            Endpoints = static endpoints => endpoints.MapGet("/", static (HttpContext context) =>
                $"{context.Features.Get<IBackpressureFeature>()!.Remaining} {context.Features.Get<IHttpRequestTimeoutFeature>()}").WithRequestTimeout(TimeSpan.FromSeconds(1)),
        });

        using HttpResponseMessage answer = await app.GetAsync("/", ("Request-Timeout-Ms", "1"));

        Assert.Equal((HttpStatusCode.OK, " "), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }
}
