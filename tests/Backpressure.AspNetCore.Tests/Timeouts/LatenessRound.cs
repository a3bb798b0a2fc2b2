namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Measures once how late ours strike and how late a bare timerfd thread does. Their instants take turns, so that both meet the same noise and never each other.</summary>
internal sealed class LatenessRound
{
    private const int Strikes = 250;
    private const long Millisecond = 1_000_000; // in timestamps of Linux
    private const long Lead = 20 * Millisecond;

    private readonly long[] _ours = new long[Strikes];
    private readonly long[] _bare = new long[Strikes];
    private readonly TaskCompletionSource _struck = new();
    private int _left = Strikes; // Interlocked only

    private LatenessRound()
    {
    }

    /// <summary>By how much the most punctual of ours missed its instant; less than nothing where it was early.</summary>
    public double EarliestMs => _ours[0] / (double)Millisecond;

    public double OursP99Ms => P99(_ours);

    public double BareP99Ms => P99(_bare);

    /// <param name="arm">Has the action run at the timestamp.</param>
    /// <param name="seed">Of the instants.</param>
    public static Task<LatenessRound> RunAsync(Action<long, Action> arm, int seed) => Task.Factory.StartNew(
        () =>
        {
            LatenessRound round = new();
            round.Measure(arm, new Random(seed));
            return round;
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default); // not on a thread of the pool, which ours need

    private void Measure(Action<long, Action> arm, Random random)
    {
        long start = TimeProvider.System.GetTimestamp() + Lead;
        long[] dues = [.. Enumerable.Range(0, 2 * Strikes).Select(i => start + (i * Millisecond) + random.NextInt64(Millisecond / 2))];
        Thread bare = new(() => WaitBare(dues));
        bare.Start();
        for (int i = 0; i < Strikes; i++)
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
        for (int i = 0; i < Strikes; i++)
        {
            long due = dues[(2 * i) + 1];
            timer.WaitFor(due);
            _bare[i] = TimeProvider.System.GetTimestamp() - due;
        }
    }

    private static double P99(long[] late) => late[Strikes * 99 / 100] / (double)Millisecond;
}
