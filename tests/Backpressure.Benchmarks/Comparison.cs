using System.Diagnostics;
using System.Globalization;

namespace Backpressure.Benchmarks;

/// <summary>Measures both sides in turn, many times, so that a machine whose speed drifts is as fast for the one as for the other; the medians count.</summary>
internal static class Comparison
{
    private const int Rounds = 751;
    private const int PerRound = 2_000; // a millisecond or two, for which a busy system lets a thread go on: most rounds are whole
    private const int RoundsTogether = 15;
    private const int PerRoundTogether = 2_000_000; // of each thread: long enough for the system to have moved each to a processor of its own

    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(1);

    public static string Run(Case one)
    {
        Sides sides = one.Make();
        WarmUp(sides.Ours, one.Threads);
        WarmUp(sides.Peer, one.Threads);
        Measure(sides.Bare, one.Threads);
        List<double> ours = [];
        List<double> peer = [];
        List<double> ratios = [];
        (double oursBytes, double peerBytes, double bareBytes) = (double.MaxValue, double.MaxValue, double.MaxValue);
        int rounds = one.Threads == 1 ? Rounds : RoundsTogether;
        for (int round = 0; round < rounds; round++)
        {
            (double oursNs, double oursRound) = Measure(sides.Ours, one.Threads);
            (double peerNs, double peerRound) = Measure(sides.Peer, one.Threads);
            ours.Add(oursNs);
            peer.Add(peerNs);
            ratios.Add(oursNs / peerNs);
            oursBytes = Math.Min(oursBytes, oursRound); // what it always allocates; a round may catch a log line or the like
            peerBytes = Math.Min(peerBytes, peerRound);
            bareBytes = Math.Min(bareBytes, Measure(sides.Bare, one.Threads).Bytes);
        }

        return string.Create(CultureInfo.InvariantCulture,
            $$"""{"case":"{{one.Name}}","oursNs":{{Median(ours):F1}},"peerNs":{{Median(peer):F1}},"ratio":{{Median(ratios):F2}},"oursBytes":{{oursBytes - bareBytes:F0}},"peerBytes":{{peerBytes - bareBytes:F0}}}""");
    }

    /// <summary>Runs it until it is compiled as it is in a server that has run for a while. The framework comes compiled, ours does not: measured sooner, ours would be twice as slow as it is.</summary>
    private static void WarmUp(Action action, int threads)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < WarmUpTime)
        {
            Measure(action, threads);
        }
    }

    private static (double Nanoseconds, double Bytes) Measure(Action action, int threads)
    {
        int times = threads == 1 ? PerRound : PerRoundTogether;
        int ready = 0;
        (long Start, long End, double Bytes)[] runs = new (long, long, double)[threads];
        Thread[] others = [.. Enumerable.Range(1, threads - 1).Select(i => new Thread(() => Take(i)))];
        Array.ForEach(others, static other => other.Start());
        Take(0);
        Array.ForEach(others, static other => other.Join());
        TimeSpan wall = Stopwatch.GetElapsedTime(runs.Min(static run => run.Start), runs.Max(static run => run.End));
        return (wall.TotalNanoseconds / times / threads, runs.Average(static run => run.Bytes));

        void Take(int i)
        {
            Interlocked.Increment(ref ready);
            while (Volatile.Read(ref ready) < threads)
            {
                // whoever slept here would wake milliseconds after the others, when they are done
            }

            runs[i] = Repeat(action, times);
        }
    }

    private static (long Start, long End, double Bytes) Repeat(Action action, int times)
    {
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < times; i++)
        {
            action();
        }

        return (start, Stopwatch.GetTimestamp(), (double)(GC.GetAllocatedBytesForCurrentThread() - bytes) / times);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
