using System.Diagnostics;
using System.Runtime.CompilerServices;
using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Setting an instant has no fence of its own; a ring makes up for that.</summary>
/// <remarks>What a processor has stored others see only when its earlier stores are done. So whoever sets the instant here stores just before to lines that the other processor holds, which keeps the instant back for
/// longer than a ring takes. Without the fence of the ring a run loses from a hundred to a third of its instants; without those stores, or where both threads share a processor, hardly ever one.</remarks>
[Collection(RealTime.Name)]
public sealed class LazyTimerRaceTests
{
    private const int Rounds = 40_000;
    private const int Stride = 37; // through the delays
    private const int Over = -1; // the number of no round
    private const int Lines = 4; // so few that the processor need not wait for them
    private const int PerLine = 16; // numbers
    private const int Spins = 5000; // of a wait, before it lets others have the processor

    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(4); // on a machine where the two hardly ever run at once
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Later = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Latest = TimeSpan.FromMilliseconds(30);

    private readonly long[] _lines = new long[Lines * PerLine];

    [Fact] // T16
    public void An_instant_that_is_set_while_the_timer_rings_is_seen_by_the_ring_or_sets_the_timer() => AssertNoneIsLost(Soon, Later, delays: 160, slowness: 0);

    [Fact] // T16: whoever rings takes a while to set the timer for what was to be by then
    public void So_is_one_that_is_nearer_than_what_the_ring_sets_the_timer_for() => AssertNoneIsLost(Latest, Later, delays: 4000, slowness: 300);

    /// <summary>The timer is set for one instant, and rings while another one is set: afterwards it is set for that.</summary>
    /// <param name="before">The former; taken back before the ring, where it is nearer.</param>
    /// <param name="instant">The latter.</param>
    /// <param name="delays">How many different delays, in steps of a loop, it is set with: a little before, during and a little after the ring.</param>
    /// <param name="slowness">How long whoever rings takes to read the clock.</param>
    private void AssertNoneIsLost(TimeSpan before, TimeSpan instant, int delays, int slowness)
    {
        SetTime time = new(slowness);
        LazyTimer timer = null!;
        timer = new LazyTimer(time, () => timer.IsDue());
        int round = 0; // Volatile only, like the next
        int done = 0;
        Thread ringing = new(() =>
        {
            OwnProcessor.Bind(0);
            for (int i = 1; ; i++)
            {
                Dirty(i);
                Volatile.Write(ref done, i - 1);
                if (!Await(ref round, i))
                {
                    return;
                }

                time.Ring();
            }
        });
        int lost = 0;
        Thread setting = new(() =>
        {
            OwnProcessor.Bind(1);
            long start = Stopwatch.GetTimestamp();
            for (int i = 1; i <= Rounds && Stopwatch.GetElapsedTime(start) < Enough; i++)
            {
                timer.Set(before.Ticks);
                if (before < instant)
                {
                    timer.Forget();
                }

                Await(ref done, i - 1);
                Volatile.Write(ref round, i);
                Delay(i * Stride % delays);
                Dirty(-i);
                timer.Set(instant.Ticks);
                Await(ref done, i);
                lost += time.SetFor > instant ? 1 : 0;
            }

            Volatile.Write(ref round, Over);
        });
        ringing.Start();
        setting.Start();
        setting.Join();
        ringing.Join();
        Assert.Equal(0, lost);
    }

    /// <summary>As fast as the other one goes on: whoever slept would come too late for the race.</summary>
    /// <returns>Whether there is such a round.</returns>
    private static bool Await(ref int what, int value)
    {
        for (int spins = 1; ; spins++)
        {
            int seen = Volatile.Read(ref what);
            if (seen == value || seen == Over)
            {
                return seen == value;
            }

            if (spins % Spins == 0)
            {
                Thread.Yield();
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)] // else the loop, which does nothing, is left out
    private static void Delay(int steps)
    {
        while (steps > 0)
        {
            steps--;
        }
    }

    private void Dirty(long value)
    {
        for (int i = 0; i < _lines.Length; i += PerLine)
        {
            _lines[i] = value;
        }
    }

    /// <summary>Stands still, and knows what its one timer is set for: for nothing, once it has rung.</summary>
    /// <param name="slowness">How long whoever rings takes to read it, in steps of a loop.</param>
    private sealed class SetTime(int slowness) : TimeProvider
    {
        private long _setFor = TimeSpan.MaxValue.Ticks; // Volatile only
        private int _ringing; // the thread that rings
        private TimerCallback? _callback;
        private object? _state;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public TimeSpan SetFor => TimeSpan.FromTicks(Volatile.Read(ref _setFor));

        public override long GetTimestamp()
        {
            Delay(Environment.CurrentManagedThreadId == Volatile.Read(ref _ringing) ? slowness : 0);
            return 0;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _callback = callback;
            _state = state;
            return new Timer(this);
        }

        public void Ring()
        {
            Volatile.Write(ref _ringing, Environment.CurrentManagedThreadId);
            Volatile.Write(ref _setFor, TimeSpan.MaxValue.Ticks);
            _callback!(_state);
        }

        private sealed class Timer(SetTime owner) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                Volatile.Write(ref owner._setFor, dueTime.Ticks);
                return true;
            }

            public void Dispose()
            {
                // nothing to end
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
