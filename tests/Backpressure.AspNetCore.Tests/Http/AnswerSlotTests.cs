using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Http;
using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>How long the client of a request that waits is kept waiting, whatever the thread pool does.</summary>
public sealed class AnswerSlotTests : IDisposable
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services;
    private readonly AdmissionGate _gate = new(1);
    private readonly Policy _policy;
    private readonly Readings<long> _aborts;
    private readonly GovernedRequest _holder;
    private readonly GovernedRequest _waiting;

    public AnswerSlotTests()
    {
        _services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(_time).AddBackpressure().BuildServiceProvider();
        _policy = TestPolicy.Of(_gate.AddPolicy("default", new PolicySettings { MaximumWait = Wait }));
        _services.GetRequiredService<RequestGovernor>(); // makes the metrics
        _aborts = new Readings<long>(_services, "backpressure.request.aborts");
        _holder = Begun();
        Assert.Equal(Outcome.Granted, _holder.Enter());
        _waiting = Begun();
        Assert.Equal(Outcome.Waiting, _waiting.Enter());
        _ = _waiting.Place.WaitAsync(CancellationToken.None).AsTask(); // whose continuation is none of ours, as if the pool did not come to it
    }

    public void Dispose()
    {
        _aborts.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void Who_was_turned_away_is_told_a_grace_after_the_wait()
    {
        _time.Advance(Wait + Grace - TimeSpan.FromTicks(1));
        Assert.Empty(_aborts.All);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(1, _aborts.Sum("connection", "default"));
    }

    [Fact]
    public void Who_was_granted_a_permit_and_has_no_thread_is_told_a_grace_after_the_deadline()
    {
        _holder.Permit.Release();
        Assert.Equal(Outcome.Granted, _waiting.Place.Outcome);

        _time.Advance(Time + Grace - TimeSpan.FromTicks(1));
        Assert.Empty(_aborts.All);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(1, _aborts.Sum("connection", "default"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // in the moment before its answer is under watch
    public void Who_was_turned_away_before_its_wait_was_over_is_told_a_grace_after_that(bool isEarly)
    {
        if (isEarly)
        {
            _waiting.Answer.End();
        }

        _time.Advance(Wait / 2);
        WaiterChain decided = default;
        _gate.Dismiss(_policy.Gate!, ShedReason.Displaced, Wait / 2, ref decided);
        decided.CompleteAll();
        if (isEarly)
        {
            _waiting.Answer.WatchWaiting();
        }

        _time.Advance(Grace - TimeSpan.FromTicks(1));
        Assert.Empty(_aborts.All);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(1, _aborts.Sum("connection", "default"));
    }

    [Fact]
    public void Who_goes_on_to_its_handler_is_not_told_anything()
    {
        _holder.Permit.Release();
        _waiting.Answer.End();

        _time.Advance(TimeSpan.FromDays(1));

        Assert.Empty(_aborts.All);
    }

    [Fact] // B12, C12
    public void Whose_response_somebody_else_has_completed_is_not_watched_from_then_on()
    {
        _waiting.Answer.End();
        _waiting.Complete();

        _waiting.Answer.WatchWaiting();
        _time.Advance(TimeSpan.FromDays(1));

        Assert.Empty(_aborts.All);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Where_nobody_is_to_be_cut_off_nobody_is(bool endless)
    {
        _waiting.Answer.End();
        _policy.Timeout.AbortGrace = endless ? Timeout.InfiniteTimeSpan : TimeSpan.MaxValue;

        _waiting.Answer.WatchWaiting();
        _time.Advance(TimeSpan.FromDays(10_000));

        Assert.Empty(_aborts.All);
    }

    [Fact]
    public void To_be_watched_costs_no_memory()
    {
        long least = Enumerable.Range(0, 10).Min(_ =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 300; i++)
            {
                _waiting.Answer.WatchWaiting();
                _waiting.Answer.End();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        });

        Assert.Equal(0, least);
    }

    private GovernedRequest Begun()
    {
        GovernedRequest request = new(_gate, _services.GetRequiredService<TimeoutClock>(), _services.GetRequiredService<HandlerOverruns>(), _services.GetRequiredService<AwaitedAnswers>());
        request.Begin(new DefaultHttpContext(), TestPolicy.Plan(_policy), _policy, cost: 1);
        return request;
    }
}
