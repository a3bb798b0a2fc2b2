using Backpressure.AspNetCore.Timeouts;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Plays the thread pool itself: a firing is handed over, and begins when the test runs the work item.</summary>
[Collection(RealTime.Name)]
public sealed class ScheduledTimerTests : IDisposable
{
    private readonly TimerLoop _loop = new(new FakeTimeProvider(), static () => new HandAlarm());
    private readonly ScheduledTimer _timer;
    private int _runs;

    public ScheduledTimerTests() => _timer = new ScheduledTimer(_loop, _ => _runs++, null);

    public void Dispose()
    {
        _timer.Dispose();
        _loop.Dispose();
    }

    [Fact]
    public void A_firing_runs_the_callback_once()
    {
        Assert.True(_timer.TryMarkPending());

        Begin();
        Begin();

        Assert.Equal(1, _runs);
    }

    [Fact] // T12
    public void While_a_firing_waits_for_the_pool_no_other_is_noted()
    {
        _timer.TryMarkPending();

        Assert.False(_timer.TryMarkPending());
    }

    [Fact]
    public void Once_a_firing_has_begun_the_next_is_noted()
    {
        _timer.TryMarkPending();
        Begin();

        Assert.True(_timer.TryMarkPending());
    }

    [Fact] // T5
    public void A_change_recalls_a_firing_that_has_not_begun()
    {
        _timer.TryMarkPending();
        _timer.Change(TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);

        Begin();

        Assert.Equal(0, _runs);
    }

    [Fact] // T5
    public void After_a_recalled_firing_a_new_one_runs_once_although_two_were_handed_over()
    {
        _timer.TryMarkPending();
        _timer.Change(TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);
        Assert.True(_timer.TryMarkPending());

        Begin();
        Begin();

        Assert.Equal(1, _runs);
    }

    [Fact] // T5
    public void A_disposed_timer_runs_nothing_any_more()
    {
        _timer.TryMarkPending();
        _timer.Dispose();

        Begin();

        Assert.Equal(0, _runs);
        Assert.False(_timer.TryMarkPending());
    }

    [Fact] // T2
    public void What_a_callback_throws_is_counted_goes_no_further_and_leaves_the_timer_usable()
    {
        var timer = new ScheduledTimer(_loop, static _ => throw new FormatException("a stranger's bug"), null);
        timer.TryMarkPending();

        List<Exception> told = [];
        _loop.Dispatcher.CallbackFailed += told.Add;

        Assert.True(timer.Run());

        Assert.Equal(1, _loop.Dispatcher.Failures);
        Assert.IsType<FormatException>(Assert.Single(told));

        Assert.True(timer.DisposeAsync().AsTask().IsCompletedSuccessfully);
    }

    private void Begin() => ((IThreadPoolWorkItem)_timer).Execute();
}
