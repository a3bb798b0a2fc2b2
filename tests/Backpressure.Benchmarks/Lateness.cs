using System.Diagnostics;
using System.Globalization;
using Backpressure.AspNetCore;

namespace Backpressure.Benchmarks;

/// <summary>The command <c>lateness</c>: how late timeouts strike on the system's timers and on ours, with the thread pool idle and with every thread of it blocked.</summary>
internal static class Lateness
{
    private const int Timeouts = 1000;
    private const int PoolThreads = 4;

    private static readonly TimeSpan Blocked = TimeSpan.FromSeconds(3);

    /// <summary>Prints a line for each run; the two kinds take turns. Runs on a thread that is not the pool's.</summary>
    public static void Run()
    {
        ThreadPool.SetMinThreads(PoolThreads, PoolThreads);
        ThreadPool.SetMaxThreads(PoolThreads, PoolThreads);
        foreach (bool starved in (bool[])[false, true])
        {
            for (int round = 0; round < 3; round++)
            {
                foreach (TimeProvider time in (TimeProvider[])[TimeProvider.System, TimerFdTimeProvider.Shared])
                {
                    double[] late = Measure(time, starved);
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                        $$"""{"timers":"{{time.GetType().Name}}","starved":{{(starved ? "true" : "false")}},"minMs":{{late[0]:F2}},"p50Ms":{{late[Timeouts / 2]:F2}},"p99Ms":{{late[Timeouts * 99 / 100]:F2}},"maxMs":{{late[^1]:F2}}}"""));
                }
            }
        }
    }

    private static double[] Measure(TimeProvider time, bool starved)
    {
        using CountdownEvent ended = new(starved ? PoolThreads : 1);
        if (starved)
        {
            Block(ended);
        }
        else
        {
            ended.Signal();
        }

        double[] late = new double[Timeouts];
        using CountdownEvent struck = new(Timeouts);
        List<CancellationTokenSource> sources = [];
        Random random = new(1);
        for (int i = 0; i < Timeouts; i++)
        {
            int timeout = i;
            TimeSpan due = TimeSpan.FromMilliseconds(50 + (random.NextDouble() * 1000));
            long start = Stopwatch.GetTimestamp();
            CancellationTokenSource source = new(due, time);
            sources.Add(source);
            source.Token.Register(() =>
            {
                late[timeout] = (Stopwatch.GetElapsedTime(start) - due).TotalMilliseconds;
                struck.Signal();
            });
        }

        struck.Wait();
        ended.Wait();
        sources.ForEach(source => source.Dispose());
        Array.Sort(late);
        return late;
    }

    private static void Block(CountdownEvent ended)
    {
        using CountdownEvent begun = new(PoolThreads);
        for (int i = 0; i < PoolThreads; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ =>
            {
                begun.Signal();
                long start = Stopwatch.GetTimestamp();
                SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(start) >= Blocked);
                ended.Signal();
            }, null);
        }

        begun.Wait();
    }
}
