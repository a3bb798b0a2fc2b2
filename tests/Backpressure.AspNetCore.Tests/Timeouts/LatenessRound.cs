namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Measures once how late ours strike and how late a bare timerfd thread does. Their instants take turns, so that both meet the same noise and never each other.</summary>
internal sealed class LatenessRound
{
    private const int Strikes = 250;
    private const long Millisecond = 1_000_000; // in timestamps of Linux
    private const long Lead = 20 * Millisecond;

    private readonly long[] _ours;
    private readonly long[] _bare;
    private readonly long _gap;
    private readonly TaskCompletionSource _struck = new();
    private int _left; // Interlocked only

    private LatenessRound(int strikes, double gapMs)
    {
        _ours = new long[strikes];
        _bare = new long[strikes];
        _left = strikes;
        _gap = (long)(gapMs * Millisecond);
    }

    /// <summary>By how much the most punctual of ours missed its instant; less than nothing where it was early.</summary>
    public double EarliestMs => _ours[0] / (double)Millisecond;

    public double OursP99Ms => P99(_ours);

    public double BareP99Ms => P99(_bare);

    /// <param name="arm">Has the action run at the timestamp.</param>
    /// <param name="seed">Of the instants.</param>
    /// <param name="strikes">How many of ours, and of the bare thread.</param>
    /// <param name="gapMs">The time from one of ours to the next of the bare thread, and from that to ours.</param>
    /// <param name="strain">What burdens the process from before they are armed until all have struck; <see langword="null"/> for nothing.</param>
    public static Task<LatenessRound> RunAsync(Action<long, Action> arm, int seed, int strikes = Strikes, double gapMs = 1, Func<IDisposable>? strain = null) => Task.Factory.StartNew(
        () =>
        {
            LatenessRound round = new(strikes, gapMs);
            using IDisposable? strained = strain?.Invoke();
            round.Measure(arm, new Random(seed));
            return round;
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default); // not on a thread of the pool, which ours need

    private void Measure(Action<long, Action> arm, Random random)
    {
        long start = TimeProvider.System.GetTimestamp() + Lead;
        long[] dues = [.. Enumerable.Range(0, 2 * _ours.Length).Select(i => start + (i * _gap) + random.NextInt64(_gap / 2))];
        Thread bare = new(() => WaitBare(dues));
        bare.Start();
        for (int i = 0; i < _ours.Length; i++)
        {
            int strike = i;
            long due = dues[2 * i];
            arm(due, () => Note(strike, due));
        }

        Assert.True(_struck.Task.Wait(RealTime.Patience), $"{_left} never struck.");
        bare.Join();
        Array.Sort(_ours);
        Array.Sort(_bare);
    }

    private void Note(int strike, long due)
    {
        _ours[strike] = TimeProvider.System.GetTimestamp() - due;
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _struck.SetResult();
        }
    }

    private void WaitBare(long[] dues)
    {
        using BareTimerFd timer = new();
        for (int i = 0; i < _ours.Length; i++)
        {
            long due = dues[(2 * i) + 1];
            timer.WaitFor(due);
            _bare[i] = TimeProvider.System.GetTimestamp() - due;
        }
    }

    private static double P99(long[] late) => late[late.Length * 99 / 100] / (double)Millisecond;
}
