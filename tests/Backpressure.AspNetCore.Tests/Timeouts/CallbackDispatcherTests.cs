using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Callbacks that go to a dispatcher's threads.</summary>
[Collection(RealTime.Name)]
public sealed class CallbackDispatcherTests : IDisposable
{
    private readonly TimerLoop _loop = new(TimeProvider.System, static () => new HandAlarm());
    private readonly CallbackDispatcher _dispatcher = new(TimeProvider.System);
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
        for (int i = 0; i < DispatcherCrew.MostThreads - 1; i++)
        {
            HandOver(Block);
        }

        HandOver(Note);

        await Eventually.HoldsAsync(() => Count() == 1);
        Assert.Equal(["Backpressure dispatcher"], _threads);
        await Eventually.HoldsAsync(() => _dispatcher.Threads == DispatcherCrew.MostThreads);
    }

    [Fact]
    public void The_room_that_a_burst_took_is_given_back()
    {
        for (int i = 0; i < 100_000; i++)
        {
            _dispatcher.HandOver(new ScheduledTimer(_loop, static _ => { }, null), now: 0); // recalled at once, as those that a client's leave has made needless
        }

        Assert.True(_dispatcher.Room >= 100_000);
        _dispatcher.TakeOverLate(IAlarm.Never - 1);

        Assert.InRange(_dispatcher.Room, 0, 1024);
    }

    [Fact] // T2
    public async Task With_all_its_threads_busy_the_pool_helps_and_no_more_are_started()
    {
        CallbackDispatcher dispatcher = new(new HandTime()); // a moment that does not pass: nobody is blocked for long
        for (int i = 0; i < DispatcherCrew.MostThreads; i++)
        {
            HandOver(Block, dispatcher);
        }

        HandOver(Note, dispatcher);

        await Eventually.HoldsAsync(() => Count() == 1);
        Assert.Equal(["pool"], _threads);
        await Eventually.HoldsAsync(() => dispatcher.Threads == DispatcherCrew.MostThreads);
        Assert.Equal(0, dispatcher.Blocked);
        dispatcher.Stop();
    }

    [Fact] // T2
    public async Task Threads_that_are_blocked_for_long_are_made_up_for()
    {
        for (int i = 0; i < DispatcherCrew.MostThreads; i++)
        {
            HandOver(Block);
        }

        await Eventually.HoldsAsync(() => _dispatcher.Blocked == DispatcherCrew.MostThreads);
        HandOver(Note);

        await Eventually.HoldsAsync(() => Count() == 1);
        Assert.Equal(["Backpressure dispatcher"], _threads);
        Assert.Equal(DispatcherCrew.MostThreads + 1, _dispatcher.Threads);
    }

    [Fact] // T2
    public async Task There_is_a_bound_to_that()
    {
        for (int blocked = DispatcherCrew.MostThreads; blocked <= DispatcherCrew.MostWithBlocked; blocked += DispatcherCrew.MostThreads)
        {
            for (int i = 0; i < DispatcherCrew.MostThreads; i++)
            {
                HandOver(Block);
            }

            await Eventually.HoldsAsync(() => _dispatcher.Blocked == blocked);
        }

        HandOver(Note);

        await Eventually.HoldsAsync(() => Count() == 1);
        Assert.Equal(["pool"], _threads);
    }

    [Fact]
    public async Task A_moment_without_new_threads_costs_no_callback_and_no_later_thread()
    {
        int starts = 0;
        bool refuses = true;
        CallbackDispatcher dispatcher = new(TimeProvider.System, work =>
        {
            if (Interlocked.Increment(ref starts) > 1 && Volatile.Read(ref refuses)) // the first is the one that starts the others
            {
                throw new InvalidOperationException("no more threads");
            }

            new Thread(work) { Name = "Backpressure dispatcher", IsBackground = true }.UnsafeStart();
        });
        for (int i = 1; i <= 2 * DispatcherCrew.MostThreads; i++)
        {
            HandOver(Note, dispatcher);
            await Eventually.HoldsAsync(() => Count() == i);
        }

        Assert.All(_threads, thread => Assert.Equal("pool", thread));
        await Eventually.HoldsAsync(() => dispatcher.Threads == 0);
        Volatile.Write(ref refuses, false);
        HandOver(Note, dispatcher);

        await Eventually.HoldsAsync(() => Count() == (2 * DispatcherCrew.MostThreads) + 1);
        Assert.Equal("Backpressure dispatcher", _threads[^1]);
        dispatcher.Stop();
    }

    [Fact]
    public async Task What_a_callback_without_context_sets_is_not_seen_by_the_next()
    {
        AsyncLocal<string?> tenant = new();
        (string? Tenant, SynchronizationContext? Context) seen = ("not run", null);
        using (ExecutionContext.SuppressFlow())
        {
            HandOver(_ =>
            {
                tenant.Value = "of another request";
                SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
            });
        }

        await Eventually.HoldsAsync(() => _dispatcher.Claims == 1);
        using (ExecutionContext.SuppressFlow())
        {
            HandOver(_ => seen = (tenant.Value, SynchronizationContext.Current));
        }

        await Eventually.HoldsAsync(() => _dispatcher.Claims == 2);
        Assert.Equal((null, null), seen);
    }

    [Fact]
    public async Task A_callback_that_interrupts_its_thread_kills_nothing()
    {
        HandOver(static _ => Thread.CurrentThread.Interrupt());
        await Eventually.HoldsAsync(() => _dispatcher.Claims == 1);

        HandOver(Note);

        await Eventually.HoldsAsync(() => Count() == 1);
    }

    [Fact] // T2
    public void A_listener_and_a_log_that_throw_cost_no_callback()
    {
        _loop.Dispatcher.CallbackBegins += static _ => throw new FormatException("a listener's bug");
        _loop.Dispatcher.CallbackFailed += static _ => throw new InvalidOperationException("a logger's bug");
        ScheduledTimer timer = new(_loop, Note, null);
        timer.TryMarkPending();

        Assert.True(timer.Run());

        Assert.Equal(1, Count());
        Assert.Equal(2, _loop.Dispatcher.Failures);
        Assert.True(timer.DisposeAsync().AsTask().IsCompletedSuccessfully);
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

        Assert.Equal((IAlarm.Never, 0L), (_dispatcher.NextLook, _dispatcher.Claims));
    }

    private void HandOver(TimerCallback callback, CallbackDispatcher? dispatcher = null)
    {
        ScheduledTimer timer = new(_loop, callback, null) { Route = CallbackRoute.DispatcherFirst };
        timer.TryMarkPending();
        (dispatcher ?? _dispatcher).HandOver(timer, now: 0);
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
