using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>More callbacks at once than there are threads, and a pool that does nothing.</summary>
[Collection(RealTime.Name)]
public sealed class CrowdedDispatcherTests : IDisposable
{
    private const int Many = 2 * DispatcherCrew.MostThreads;

    private readonly HandTime _time = new();
    private readonly TimerLoop _loop = new(TimeProvider.System, static () => new HandAlarm());
    private readonly CallbackDispatcher _dispatcher;
    private readonly ManualResetEventSlim _release = new();
    private int _begun; // Interlocked only
    private int _ended; // Interlocked only

    public CrowdedDispatcherTests() => _dispatcher = new CallbackDispatcher(_time, queue: static _ => { });

    public void Dispose()
    {
        _release.Set();
        _dispatcher.Stop();
        _loop.Dispose();
        _release.Dispose();
    }

    [Fact] // T2, R13
    public async Task Callbacks_that_block_all_threads_at_once_are_made_up_for_although_none_comes_after_them()
    {
        await BlockAllAsync();

        _dispatcher.TakeOverLate(_dispatcher.NextLook);
        Assert.Equal((DispatcherCrew.MostThreads, true), (_dispatcher.Threads, _dispatcher.NextLook != IAlarm.Never)); // nobody counts as blocked yet
        _time.Now = TimeSpan.FromMilliseconds(101).Ticks;
        _dispatcher.TakeOverLate(_time.Now);

        await Eventually.HoldsAsync(() => Volatile.Read(ref _begun) == Many);
        Assert.Equal((Many, IAlarm.Never), (_dispatcher.Threads, _dispatcher.NextLook));
    }

    [Fact]
    public async Task When_nobody_waits_any_more_it_does_not_look_again()
    {
        await BlockAllAsync();
        _dispatcher.TakeOverLate(_dispatcher.NextLook);
        _release.Set();
        await Eventually.HoldsAsync(() => Volatile.Read(ref _ended) == Many);

        _dispatcher.TakeOverLate(_dispatcher.NextLook);

        Assert.Equal((IAlarm.Never, DispatcherCrew.MostThreads), (_dispatcher.NextLook, _dispatcher.Threads));
    }

    /// <summary>Hands over twice as many callbacks as there are threads; half of them run, and block.</summary>
    private async Task BlockAllAsync()
    {
        for (int i = 0; i < Many; i++)
        {
            ScheduledTimer timer = new(_loop, _ => Block(), null) { Route = CallbackRoute.DispatcherFirst };
            timer.TryMarkPending();
            _dispatcher.HandOver(timer, _time.Now);
        }

        await Eventually.HoldsAsync(() => Volatile.Read(ref _begun) == DispatcherCrew.MostThreads);
    }

    private void Block()
    {
        Interlocked.Increment(ref _begun);
        _release.Wait(RealTime.Patience);
        Interlocked.Increment(ref _ended);
    }
}
