using CsCheck;
using static Backpressure.AspNetCore.Tests.Timeouts.RealTime;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Is what our timers promise beyond the platform's, whatever alarm is beneath them.</summary>
public abstract class OwnTimerContract : TimerCallbackContract, IDisposable
{
    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly TimerFdTimeProvider _time;

    private protected OwnTimerContract(TimerFdTimeProvider time) => _time = time;

    protected override TimeProvider Time => _time;

    public void Dispose()
    {
        _time.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void No_callback_begins_before_its_time()
    {
        Gen.Long[0, TimeSpan.FromMilliseconds(20).Ticks].Array[1, 100].Sample(
            delays =>
            {
                Task<TimeSpan>[] waits = [.. delays.Select(ticks => Elapsed(TimeSpan.FromTicks(ticks)))];
                Assert.True(Task.WaitAll(waits, Patience));
                Assert.All(delays.Zip(waits), pair => Assert.True(pair.Second.Result.Ticks >= pair.First));
            },
            iter: 50,
            threads: 1);
    }

    [Fact]
    public async Task No_firing_of_a_period_begins_before_its_time()
    {
        const int Wanted = 40;
        TimeSpan period = TimeSpan.FromTicks(12_345);
        var seen = new List<long>();
        var fired = new Firings();
        long start = _time.GetTimestamp();

        using ITimer timer = _time.CreateTimer(
            _ =>
            {
                lock (seen)
                {
                    seen.Add(_time.GetTimestamp());
                }

                fired.Callback(null);
            },
            null,
            period,
            period);
        await Within(fired.Reach(Wanted));

        lock (seen)
        {
            seen.Sort();
            Assert.All(seen.Index(), one => Assert.True(_time.GetElapsedTime(start, one.Item) >= period * (one.Index + 1)));
        }
    }

    [Fact] // T5
    public async Task A_firing_that_has_not_begun_is_recalled_when_its_timer_is_disposed()
    {
        int late = 0;
        for (int i = 0; i < 2_000; i++)
        {
            bool disposed = false;
            ITimer timer = _time.CreateTimer(
                _ =>
                {
                    if (Volatile.Read(ref disposed))
                    {
                        Interlocked.Increment(ref late);
                    }
                },
                null,
                TimeSpan.FromTicks(i % 100),
                Never);
            Thread.SpinWait(i % 200);
            Task ended = timer.DisposeAsync().AsTask(); // from here on nothing may begin; what runs may have begun before
            await ended;
            Volatile.Write(ref disposed, true);
        }

        await Witness.SeesTimePass(_time);
        Assert.Equal(0, late);
    }

    [Fact] // T14
    public void A_cancelled_timer_is_gone_at_once()
    {
        for (int i = 0; i < 1_000; i++)
        {
            ITimer timer = _time.CreateTimer(static _ => { }, null, Hour, Hour);
            Assert.Equal(1, _time.ActiveTimers);
            timer.Dispose();
        }

        Assert.Equal(0, _time.ActiveTimers);
    }

    [Fact]
    public async Task A_fired_timer_is_gone()
    {
        var fired = new Firings();
        using ITimer timer = _time.CreateTimer(fired.Callback, null, TimeSpan.Zero, Never);

        await Within(fired.Reach(1));

        Assert.Equal(0, _time.ActiveTimers);
    }

    [Fact]
    public async Task Ten_thousand_timers_of_one_instant_all_fire()
    {
        var fired = new Firings();
        for (int i = 0; i < 10_000; i++)
        {
            _time.CreateTimer(fired.Callback, null, TimeSpan.FromMilliseconds(20), Never);
        }

        await Within(fired.Reach(10_000));
        Assert.Equal(0, _time.ActiveTimers);
    }

    [Fact] // T16
    public async Task Threads_that_create_change_and_dispose_at_once_lose_no_firing()
    {
        const int Rounds = 3_000;
        await Within(Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() => Churn(new Random(seed))))));
        Assert.Equal(0, _time.ActiveTimers);

        async Task Churn(Random random)
        {
            for (int i = 0; i < Rounds; i++)
            {
                var fired = new Firings();
                await using ITimer timer = _time.CreateTimer(fired.Callback, null, TimeSpan.FromTicks(random.Next(20_000)), Never);
                using ITimer cancelled = _time.CreateTimer(static _ => { }, null, TimeSpan.FromTicks(random.Next(20_000)), Never);
                if (random.Next(2) == 0)
                {
                    timer.Change(TimeSpan.FromTicks(random.Next(2_000)), Never);
                }

                await fired.Reach(1);
            }
        }
    }

    private async Task<TimeSpan> Elapsed(TimeSpan delay)
    {
        var fired = new TaskCompletionSource<long>();
        long start = _time.GetTimestamp();
        using ITimer timer = _time.CreateTimer(_ => fired.SetResult(_time.GetTimestamp()), null, delay, Never);
        return _time.GetElapsedTime(start, await fired.Task);
    }
}
