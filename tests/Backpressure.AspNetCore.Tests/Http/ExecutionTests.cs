using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Http;
using Backpressure.AspNetCore.Limits;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class ExecutionTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddLogging().AddBackpressure().BuildServiceProvider();
    private readonly FakeTimeProvider _time = new();
    private readonly AdmissionGate _gate = new(1);
    private readonly Policy _policy;
    private readonly GovernedRequest _request;

    public ExecutionTests()
    {
        TimeoutClock clock = new(_time);
        _policy = TestPolicy.Of(_gate.AddPolicy("default", new PolicySettings()));
        _request = new GovernedRequest(_gate, clock, _services.GetRequiredService<HandlerOverruns>(), _services.GetRequiredService<AwaitedAnswers>());
    }

    public void Dispose() => _services.Dispose();

    [Fact] // else what goes wrong before its handler, such as a listener of metrics that throws, is told to its client as 504
    public void A_request_has_not_timed_out_because_the_one_before_it_has()
    {
        Begin();
        _request.Execution.Start();
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(_request.Execution.IsTimeUp);
        End();
        Assert.True(_request.IsReusable);
        _request.End();

        Begin();

        Assert.False(_request.Execution.IsTimeUp);
    }

    [Fact] // DESIGN 6: an abort by the client is no sample of latency
    public void Who_left_and_whose_time_was_up_end_differently()
    {
        using CancellationTokenSource caller = new();
        Begin(caller.Token);
        _request.Execution.Start();
        caller.Cancel();
        End();
        Assert.Equal(Ending.Left, _request.Permit.Ending);
        _request.End();

        Begin();
        _request.Execution.Start();
        _time.Advance(TimeSpan.FromSeconds(30));
        End();
        Assert.Equal(Ending.Expired, _request.Permit.Ending);
        _request.End();

        Begin();
        _request.Execution.Start();
        End();
        Assert.Equal(Ending.Served, _request.Permit.Ending);
    }

    private void Begin(CancellationToken caller = default)
    {
        _request.Begin(new DefaultHttpContext { RequestAborted = caller }, TestPolicy.Plan(_policy), _policy, cost: 1);
        Assert.Equal(Outcome.Granted, _request.Enter());
    }

    private void End()
    {
        _request.Execution.Deadline.End();
        _request.Execution.End();
        _request.Permit.End(escaped: false);
        _request.EndRun();
        _request.Complete();
    }
}
