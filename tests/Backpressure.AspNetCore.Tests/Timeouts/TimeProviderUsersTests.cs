using static Backpressure.AspNetCore.Tests.Timeouts.RealTime;

namespace Backpressure.AspNetCore.Tests.Timeouts;

[Collection(RealTime.Name)]
public sealed class TimeProviderUsersTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    private readonly TimerFdTimeProvider _time = new();

    public void Dispose() => _time.Dispose();

    [Fact]
    public async Task A_delay_ends_and_not_early()
    {
        long start = _time.GetTimestamp();

        await Within(Task.Delay(Soon, _time));

        Assert.True(_time.GetElapsedTime(start) >= Soon);
    }

    [Fact]
    public async Task A_cancelled_delay_leaves_no_timer()
    {
        using var cancellation = new CancellationTokenSource();
        Task delay = Task.Delay(TimeSpan.FromHours(1), _time, cancellation.Token);
        Assert.Equal(1, _time.ActiveTimers);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delay);
        Assert.Equal(0, _time.ActiveTimers);
    }

    [Fact]
    public async Task A_cancellation_source_with_a_delay_cancels_and_not_early()
    {
        var cancelled = new TaskCompletionSource<long>();
        long start = _time.GetTimestamp();

        using var source = new CancellationTokenSource(Soon, _time);
        source.Token.Register(() => cancelled.SetResult(_time.GetTimestamp()));
        await Within(cancelled.Task);

        Assert.True(_time.GetElapsedTime(start, await cancelled.Task) >= Soon);
    }

    [Fact]
    public async Task A_periodic_timer_ticks_and_not_early()
    {
        long start = _time.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(3), _time);

        for (int tick = 1; tick <= 10; tick++)
        {
            ValueTask<bool> next = timer.WaitForNextTickAsync();
            await Within(next.AsTask());
            Assert.True(_time.GetElapsedTime(start) >= TimeSpan.FromMilliseconds(3 * tick));
        }
    }

    [Fact]
    public async Task Waiting_for_a_task_times_out()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => new TaskCompletionSource().Task.WaitAsync(Soon, _time));
    }
}
