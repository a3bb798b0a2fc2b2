using static Backpressure.AspNetCore.Tests.Timeouts.RealTime;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Is what the platform promises of callbacks, of the context they run in, and of the end of a timer.</summary>
public abstract class TimerCallbackContract : TimerContract
{
    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void A_disposed_timer_cannot_be_changed()
    {
        ITimer timer = Time.CreateTimer(static _ => { }, null, Hour, Never);
        timer.Dispose();
        timer.Dispose();

        Assert.False(timer.Change(TimeSpan.Zero, Never));
    }

    [Fact]
    public async Task A_timer_disposed_asynchronously_cannot_be_changed()
    {
        ITimer timer = Time.CreateTimer(static _ => { }, null, Hour, Never);
        await timer.DisposeAsync();

        Assert.False(timer.Change(TimeSpan.Zero, Never));
    }

    [Fact]
    public void Without_a_running_callback_disposing_completes_at_once()
    {
        ITimer timer = Time.CreateTimer(static _ => { }, null, Hour, Never);

        Assert.True(timer.DisposeAsync().AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Disposing_completes_when_the_running_callback_has_ended()
    {
        using var running = new BlockedCallback();
        ITimer timer = Time.CreateTimer(running.Callback, null, TimeSpan.Zero, Never);
        await Within(running.Begun);

        Task disposed = timer.DisposeAsync().AsTask();
        Task again = timer.DisposeAsync().AsTask();
        Assert.False(disposed.IsCompleted);
        Assert.False(again.IsCompleted);
        running.Release();

        await Within(Task.WhenAll(disposed, again));
        Assert.True(running.HasEnded);
    }

    [Fact] // T2
    public async Task A_slow_callback_holds_up_no_other_timer()
    {
        using var slow = new BlockedCallback();
        var fired = new Firings();
        ITimer blocked = Time.CreateTimer(slow.Callback, null, TimeSpan.Zero, Never);
        await Within(slow.Begun);

        using ITimer timer = Time.CreateTimer(fired.Callback, null, Soon, Soon);
        await Within(fired.Reach(3));

        Assert.False(slow.HasEnded);
        slow.Release();
        await Within(blocked.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task The_context_of_the_creator_flows_to_the_callback()
    {
        var local = new AsyncLocal<string> { Value = "creator" };
        var seen = new TaskCompletionSource<string?>();
        using ITimer timer = Time.CreateTimer(_ => seen.SetResult(local.Value), null, Never, Never);
        local.Value = "changer";

        timer.Change(TimeSpan.Zero, Never);

        await Within(seen.Task);
        Assert.Equal("creator", await seen.Task);
    }

    [Fact]
    public async Task The_context_does_not_flow_where_its_flow_is_suppressed()
    {
        var local = new AsyncLocal<string> { Value = "creator" };
        var seen = new TaskCompletionSource<string?>();
        AsyncFlowControl flow = ExecutionContext.SuppressFlow();
        using ITimer timer = Time.CreateTimer(_ => seen.SetResult(local.Value), null, Soon, Never);
        flow.Undo();

        await Within(seen.Task);
        Assert.Null(await seen.Task);
    }

    [Fact]
    public async Task A_scheduled_timer_that_nobody_holds_still_fires()
    {
        var fired = new Firings();
        Time.CreateTimer(fired.Callback, null, TimeSpan.FromMilliseconds(50), Never);

        GC.Collect();
        GC.WaitForPendingFinalizers();

        await Within(fired.Reach(1));
    }
}
