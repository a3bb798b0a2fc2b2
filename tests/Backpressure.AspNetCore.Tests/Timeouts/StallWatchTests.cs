using Backpressure.AspNetCore.Timeouts;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>A deadline that passed over an answer comes back when that stalls.</summary>
public sealed class StallWatchTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly FakeTimeProvider _time = new();
    private readonly NotedStages _stages = new(sharesConnection: false);
    private readonly HandFlushes _flushes;
    private readonly RequestDeadline _deadline;

    public StallWatchTests()
    {
        _flushes = new HandFlushes(_time);
        InterruptingWitness witness = new(_time, _stages) { Verdict = ExpiryVerdict.Pass, Flushes = _flushes };
        _deadline = Deadlines.Begun(_time, CancellationToken.None, witness);
        _deadline.Arm(Deadline);
    }

    public void Dispose() => _deadline.Dispose();

    [Fact]
    public void An_answer_that_was_flushed_late_is_given_its_patience_from_then_on()
    {
        _time.Advance(Deadline - TimeSpan.FromSeconds(1));
        _flushes.Flush();

        _time.Advance(Patience - Tick);
        Assert.False(_deadline.HasExpired);

        _time.Advance(Tick);
        Assert.True(_deadline.HasExpired);
        Assert.True(_deadline.HadBegun);
        Assert.True(_deadline.Token.IsCancellationRequested);
    }

    [Fact]
    public void One_that_stalled_before_its_deadline_is_struck_at_the_deadline()
    {
        _time.Advance(Deadline - Tick);
        Assert.False(_deadline.HasExpired);

        _time.Advance(Tick);
        Assert.True(_deadline.HasExpired);
    }

    [Fact]
    public void One_that_goes_on_is_never_struck()
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < TimeSpan.FromHours(1); passed += Patience / 2)
        {
            _flushes.Flush();
            _time.Advance(Patience / 2);
        }

        _deadline.End();
        Assert.False(_deadline.HasExpired);
        Assert.True(_deadline.WasOutlived);
        Assert.False(_deadline.Token.IsCancellationRequested);
    }

    [Fact]
    public void One_that_has_ended_is_not_struck()
    {
        _flushes.Flush();
        _time.Advance(Deadline - TimeSpan.FromSeconds(1));
        _flushes.Flush();
        _time.Advance(TimeSpan.FromSeconds(2));
        _deadline.End();

        _time.Advance(TimeSpan.FromDays(1));

        Assert.False(_deadline.HasExpired);
        Assert.False(_deadline.Token.IsCancellationRequested);
        Assert.Empty(_stages.Notes);
    }

    [Fact]
    public void A_handler_that_ignores_that_is_told_the_hard_way()
    {
        _time.Advance(Deadline);
        Assert.True(_deadline.HasExpired);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.NotEmpty(_stages.Notes);
    }

    [Fact] // a clock that counts whole milliseconds and rounds down
    public void A_timer_that_rings_early_is_set_for_no_less_than_a_millisecond()
    {
        HandTime time = new();
        StallWatch watch = new(time, Patience, new HandFlushes(time));
        watch.Start(static () => { });

        time.Now = (Patience - Tick).Ticks;
        time.Ring();

        Assert.Equal([Patience, LazyTimer.ShortestRest], time.Settings);
        watch.End();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void However_short_the_grace_is_an_answer_that_goes_on_is_not_struck(int milliseconds)
    {
        HandTime time = new();
        HandFlushes flushes = new(time);
        StallWatch watch = new(time, TimeSpan.FromMilliseconds(milliseconds), flushes);
        bool hasStalled = false;
        watch.Start(() => hasStalled = true);

        time.Now = Overrun.PoolPatience.Ticks - 1;
        flushes.Flush();
        time.Now = (2 * Overrun.PoolPatience.Ticks) - 2;
        time.Ring();
        Assert.False(hasStalled);

        time.Now++;
        time.Ring();
        Assert.True(hasStalled);
    }

    [Fact]
    public void A_client_that_leaves_ends_the_watch()
    {
        using CancellationTokenSource client = new();
        InterruptingWitness witness = new(_time, _stages) { Verdict = ExpiryVerdict.Pass, Flushes = _flushes };
        using RequestDeadline deadline = Deadlines.Begun(_time, client.Token, witness);
        deadline.Arm(Deadline);
        _flushes.Flush();
        _time.Advance(Deadline - TimeSpan.FromSeconds(1));
        _flushes.Flush();
        _time.Advance(TimeSpan.FromSeconds(2));

        client.Cancel();
        _time.Advance(TimeSpan.FromDays(1));

        Assert.False(deadline.HasExpired);
    }
}
