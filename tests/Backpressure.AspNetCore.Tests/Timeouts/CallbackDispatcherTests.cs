using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Callbacks that go to a dispatcher's threads.</summary>
[Collection(RealTime.Name)]
public sealed class CallbackDispatcherTests : IDisposable
{
    private readonly TimerLoop _loop = new(TimeProvider.System, static () => new HandAlarm());
    private readonly CallbackDispatcher _dispatcher = new(TimeProvider.System.TimestampFrequency);
    private readonly ManualResetEventSlim _release = new();
    private readonly List<string?> _threads = []; // guarded by itself

    public void Dispose()
    {
        _release.Set();
        _dispatcher.Stop();
        _loop.Dispose();
        _release.Dispose();
    }

    [Fact] // T2
    public async Task A_callback_that_blocks_delays_no_other()
    {
        for (int i = 0; i < CallbackDispatcher.MostThreads - 1; i++)
        {
            HandOver(Block);
        }

        HandOver(Note);

        await Eventually.HoldsAsync(() => Count() == 1);
        Assert.Equal(["Backpressure dispatcher"], _threads);
        Assert.Equal(CallbackDispatcher.MostThreads, _dispatcher.Threads);
    }

    [Fact] // T2
    public async Task With_all_its_threads_blocked_the_pool_helps_and_no_more_are_started()
    {
        for (int i = 0; i < CallbackDispatcher.MostThreads; i++)
        {
            HandOver(Block);
        }

        HandOver(Note);

        await Eventually.HoldsAsync(() => Count() == 1);
        Assert.NotEqual(["Backpressure dispatcher"], _threads);
        Assert.Equal(CallbackDispatcher.MostThreads, _dispatcher.Threads);
    }

    [Fact] // T2
    public async Task A_callback_that_throws_kills_nothing()
    {
        HandOver(static _ => throw new FormatException("a stranger's bug"));
        HandOver(Note);

        await Eventually.HoldsAsync(() => Count() == 1 && _loop.Dispatcher.Failures == 1);
        Assert.Equal(2, _dispatcher.Claims);
    }

    [Fact]
    public async Task An_idle_thread_serves_again_and_none_is_started_beside_it()
    {
        for (int i = 1; i <= 20; i++)
        {
            HandOver(Note);
            await Eventually.HoldsAsync(() => Count() == i);
        }

        Assert.InRange(_dispatcher.Threads, 1, 2); // the one before may not have gone to rest yet
    }

    [Fact]
    public async Task When_stopped_its_threads_end_and_it_runs_nothing_more()
    {
        HandOver(Note);
        await Eventually.HoldsAsync(() => Count() == 1);

        _dispatcher.Stop();
        HandOver(Note);

        await Eventually.HoldsAsync(() => _dispatcher.Threads == 0);
        Assert.Equal(1, Count());
    }

    [Fact]
    public async Task What_the_pool_has_begun_is_not_taken_over()
    {
        ScheduledTimer timer = new(_loop, Note, null);
        timer.TryMarkPending();
        _dispatcher.HandOver(timer, now: 0);
        Assert.Equal(Timestamps.After(0, CallbackDispatcher.PoolPatience, TimeProvider.System.TimestampFrequency), _dispatcher.NextLook);
        await Eventually.HoldsAsync(() => Count() == 1);

        _dispatcher.TakeOverLate(_dispatcher.NextLook);

        Assert.Equal((IAlarm.Never, 0, 0L), (_dispatcher.NextLook, _dispatcher.Threads, _dispatcher.Claims));
    }

    private void HandOver(TimerCallback callback)
    {
        ScheduledTimer timer = new(_loop, callback, null) { Route = CallbackRoute.DispatcherFirst };
        timer.TryMarkPending();
        _dispatcher.HandOver(timer, now: 0);
    }

    private void Block(object? state) => _release.Wait(RealTime.Patience);

    private void Note(object? state)
    {
        lock (_threads)
        {
            _threads.Add(Thread.CurrentThread.IsThreadPoolThread ? "pool" : Thread.CurrentThread.Name);
        }
    }

    private int Count()
    {
        lock (_threads)
        {
            return _threads.Count;
        }
    }
}
