using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Http;
using Backpressure.AspNetCore.Retries;
using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class PermitTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddLogging().AddBackpressure().BuildServiceProvider();
    private readonly AdmissionGate _gate = new(2);
    private readonly TimeoutClock _clock = new(new FakeTimeProvider());

    public void Dispose() => _services.Dispose();

    [Fact] // B20
    public void A_permit_is_given_back_once_however_often_that_is_asked()
    {
        Policy policy = TestPolicy.Of(_gate.AddPolicy("default", new PolicySettings()));
        GovernedRequest request = Admitted(policy);
        Admitted(policy);

        request.Permit.Release();
        request.Permit.Release();

        Assert.Equal(1, _gate.Read().InUse);
    }

    [Fact] // B20
    public void A_lease_of_the_applications_limiter_is_disposed_once_however_often_that_is_asked()
    {
        using StrangersLimiter limiter = new();
        StrangersLease lease = new(true);
        PluggedGate plugged = new("default", limiter, new RetryAllowance(new RetryBudgetOptions()));
        plugged.Admit();
        plugged.Admit();
        GovernedRequest request = Begun(TestPolicy.Of(null, plugged), new DefaultHttpContext());
        request.Permit.Take(lease);

        request.Permit.Release();
        request.Permit.Release();

        Assert.Equal((1, 1), (plugged.Read().InUse, lease.Disposals));
    }

    [Fact]
    public void A_permit_that_waits_for_the_end_of_the_response_goes_back_when_its_caller_leaves_before()
    {
        using CancellationTokenSource caller = new();
        GovernedRequest request = Begun(TestPolicy.Of(_gate.AddPolicy("default", new PolicySettings())), new DefaultHttpContext { RequestAborted = caller.Token });
        Assert.Equal(Outcome.Granted, request.Enter());
        request.EndRun();

        request.Permit.End(escaped: true);
        Assert.Equal(1, _gate.Read().InUse);

        caller.Cancel();
        Assert.Equal(0, _gate.Read().InUse);
        Assert.False(request.IsReusable, "A late call of the token could give back what another request holds.");
    }

    [Fact] // B12, C12
    public void A_request_is_not_used_anew_while_somebody_works_on_it()
    {
        GovernedRequest request = Admitted(TestPolicy.Of(_gate.AddPolicy("default", new PolicySettings())));
        request.Permit.Release();
        Assert.False(request.IsReusable);

        request.EndRun();

        Assert.True(request.IsReusable);
    }

    [Fact]
    public void A_request_is_not_used_anew_while_it_holds_its_permit()
    {
        GovernedRequest request = Admitted(TestPolicy.Of(_gate.AddPolicy("default", new PolicySettings())));
        request.EndRun();
        Assert.False(request.IsReusable);

        request.Permit.Release();

        Assert.True(request.IsReusable);
    }

    private GovernedRequest Admitted(Policy policy)
    {
        GovernedRequest request = Begun(policy, new DefaultHttpContext());
        Assert.Equal(Outcome.Granted, request.Enter());
        return request;
    }

    private GovernedRequest Begun(Policy policy, HttpContext context)
    {
        GovernedRequest request = new(_gate, _clock, _services.GetRequiredService<HandlerOverruns>(), _services.GetRequiredService<AwaitedAnswers>());
        request.Begin(context, TestPolicy.Plan(policy), policy, cost: 1);
        return request;
    }
}
