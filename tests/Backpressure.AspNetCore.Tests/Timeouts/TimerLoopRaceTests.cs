using Backpressure.AspNetCore.Timeouts;
using Xunit.Abstractions;
using static Backpressure.AspNetCore.Tests.Timeouts.RealTime;

namespace Backpressure.AspNetCore.Tests.Timeouts;

[Collection(RealTime.Name)]
public sealed class TimerLoopRaceTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TimerVisitClock _clock = new();
    private readonly HandAlarm _alarm = new();
    private readonly Firings _fired = new();
    private TimerLoop? _loop;

    private TimerLoop Loop => _loop ??= new TimerLoop(_clock, () => _alarm);

    public void Dispose() => _loop?.Dispose();

    [Fact] // T16
    public async Task A_short_timer_armed_after_a_long_one_moves_the_alarm_closer_and_fires()
    {
        Start(10 * Second);
        Start(Second / 100);
        Assert.Equal([At(10 * Second), At(Second / 100)], _alarm.Armed);
        _alarm.Settle();

        _clock.Advance(Second / 100);
        _alarm.Ring();

        await Within(_fired.Reach(1));
        Assert.Equal(At(10 * Second), _alarm.Armed.Last());
    }

    [Fact] // T16
    public void A_timer_armed_while_the_thread_visits_is_armed_for_although_the_alarm_was_set_earlier_before()
    {
        Start(Second);
        _alarm.Settle();
        _clock.Advance(Second);
        _clock.AtNextVisit(() => Start(3 * Second));

        _alarm.Ring();

        Assert.Equal([At(Second), At(4 * Second), At(4 * Second)], _alarm.Armed); // by who arms it, since the thread might have passed; and by the thread
    }

    [Fact] // T16
    public void The_thread_does_not_put_off_an_alarm_that_was_set_closer_during_its_visit()
    {
        Start(Second);
        Start(20 * Second);
        _alarm.Settle();
        _clock.Advance(Second);
        _clock.AtNextVisit(() => Start(3 * Second).Dispose());

        _alarm.Ring();

        Assert.Equal([At(Second), At(4 * Second)], _alarm.Armed);
    }

    [Fact] // T17
    public async Task After_a_failure_the_thread_takes_what_is_due_although_the_alarm_was_armed_for_later()
    {
        Start(Second);
        _alarm.Settle();
        _clock.Advance(Second);
        _clock.AtNextVisit(() =>
        {
            Start(3 * Second);
            throw new InvalidOperationException("injected");
        });

        _alarm.Ring();

        await Within(_fired.Reach(1));
        Assert.Equal(1, Loop.Failures);
    }

    [Fact] // a system call per arming would be one too many
    public async Task Arming_later_timers_on_many_threads_leaves_the_alarm_alone()
    {
        Start(Second);

        await Within(Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                ScheduledTimer timer = Start(Second + TimeSpan.FromTicks(i));
                timer.Change(2 * Second, Never);
                timer.Dispose();
            }
        }))));

        Assert.Equal([At(Second)], _alarm.Armed);
        Assert.Equal(1, Loop.Count);
    }

    [Fact] // T16: without a heartbeat, so that a missed wake is missed for good
    public async Task Every_timer_fires_once_or_was_cancelled_whoever_arms_and_cancels_it()
    {
        const int Threads = 4;
        const int Timers = 10_000;
        int seed = Random.Shared.Next(int.MaxValue - Threads);
        output.WriteLine($"seed {seed}");
        using var alone = new TimerLoop(TimeProvider.System, static () => new TimerFd(TimeProvider.System, Never));
        var fired = new int[Threads * Timers];
        var cancelled = new bool[Threads * Timers];
        var last = new ScheduledTimer?[Threads];

        await Within(Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() => Churn(thread, new Random(seed + thread))))));
        Array.ForEach(last, static left => left?.Change(TimeSpan.Zero, Never));

        Assert.True(SpinWait.SpinUntil(() => fired.Index().All(one => Volatile.Read(ref fired[one.Index]) > 0 || cancelled[one.Index]), Patience));
        await Witness.SeesTimePass(TimeProvider.System);
        Assert.All(fired.Index(), one => Assert.InRange(one.Item, cancelled[one.Index] ? 0 : 1, 1));
        Assert.Equal(0, alone.Count);

        void Churn(int thread, Random random)
        {
            for (int i = thread * Timers; i < (thread + 1) * Timers; i++)
            {
                int mine = i;
                var timer = new ScheduledTimer(alone, _ => Interlocked.Increment(ref fired[mine]), mine);
                switch (random.Next(3))
                {
                    case 0: // another thread's timer, perhaps of another shard, moves closer
                        timer.Change(TimeSpan.FromHours(1), Never);
                        Interlocked.Exchange(ref last[random.Next(Threads)], timer)?.Change(TimeSpan.FromTicks(random.Next(5_000)), Never);
                        break;
                    case 1:
                        timer.Change(TimeSpan.FromTicks(random.Next(20_000)), Never);
                        break;
                    default:
                        timer.Change(TimeSpan.FromTicks(random.Next(5_000)), Never);
                        cancelled[mine] = true;
                        Thread.SpinWait(random.Next(100));
                        timer.Dispose();
                        break;
                }
            }
        }
    }

    private ScheduledTimer Start(TimeSpan dueTime)
    {
        var timer = new ScheduledTimer(Loop, _fired.Callback, null) { Route = CallbackRoute.Inline }; // so that the alarm is not armed to look after the pool
        Assert.True(timer.Change(dueTime, Never));
        return timer;
    }

    private long At(TimeSpan sinceStart) => Timestamps.After(_clock.Start.Ticks, sinceStart, _clock.TimestampFrequency);
}
