using System.Diagnostics;
using System.Globalization;
using Backpressure.AspNetCore;

namespace Backpressure.Benchmarks;

/// <summary>The command <c>lateness</c>: how late timeouts strike on the system's timers, on ours, and on a bare timerfd thread: with the thread pool idle, with a million timers armed besides, and with every thread of the pool blocked.</summary>
internal static class Lateness
{
    private const int Timeouts = 1000;
    private const int PoolThreads = 4;
    private const int Rounds = 3;
    private const int Million = 1_000_000;

    private static readonly TimeSpan Blocked = TimeSpan.FromSeconds(3);

    private static readonly (string Name, TimeProvider Time, Action<TimeSpan[], double[]> Strike)[] Kinds =
    [
        ("system", TimeProvider.System, static (dues, late) => StrikeTimers(TimeProvider.System, dues, late)),
        ("timerfd", TimerFdTimeProvider.Shared, static (dues, late) => StrikeTimers(TimerFdTimeProvider.Shared, dues, late)),
        ("bare timerfd thread", TimerFdTimeProvider.Shared, StrikeBare),
    ];

    /// <summary>Prints a line for each run; the kinds take turns. Runs on a thread that is not the pool's.</summary>
    public static void Run()
    {
        ThreadPool.SetMinThreads(PoolThreads, PoolThreads);
        ThreadPool.SetMaxThreads(PoolThreads, PoolThreads);
        foreach ((int armed, bool starved) in ((int, bool)[])[(0, false), (Million, false), (0, true)])
        {
            for (int round = 0; round < Rounds; round++)
            {
                foreach ((string name, TimeProvider time, Action<TimeSpan[], double[]> strike) in Kinds)
                {
                    List<ITimer> besides = Arm(time, armed);
                    GC.Collect(); // of what the last run and the arming have left: a pause would strike all three alike, but not in the same run
                    double[] late = Measure(strike, starved);
                    besides.ForEach(static timer => timer.Dispose());
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                        $$"""{"timers":"{{name}}","armed":{{armed}},"starved":{{(starved ? "true" : "false")}},"minMs":{{late[0]:F2}},"p50Ms":{{late[Timeouts / 2]:F2}},"p99Ms":{{late[Timeouts * 99 / 100]:F2}},"maxMs":{{late[^1]:F2}}}"""));
                }
            }
        }
    }

    private static double[] Measure(Action<TimeSpan[], double[]> strike, bool starved)
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

        Random random = new(1);
        TimeSpan[] dues = [.. Enumerable.Range(0, Timeouts).Select(_ => TimeSpan.FromMilliseconds(50 + (random.NextDouble() * 1000)))];
        double[] late = new double[Timeouts];
        strike(dues, late);
        ended.Wait();
        Array.Sort(late);
        return late;
    }

    private static void StrikeTimers(TimeProvider time, TimeSpan[] dues, double[] late)
    {
        using CountdownEvent struck = new(Timeouts);
        List<CancellationTokenSource> sources = [];
        for (int i = 0; i < Timeouts; i++)
        {
            int timeout = i;
            long start = Stopwatch.GetTimestamp();
            CancellationTokenSource source = new(dues[i], time);
            sources.Add(source);
            source.Token.Register(() =>
            {
                late[timeout] = (Stopwatch.GetElapsedTime(start) - dues[timeout]).TotalMilliseconds;
                struck.Signal();
            });
        }

        struck.Wait();
        sources.ForEach(static source => source.Dispose());
    }

    private static void StrikeBare(TimeSpan[] dues, double[] late)
    {
        using BareTimerFd timer = new();
        Array.Sort(dues);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Timeouts; i++)
        {
            timer.WaitFor(start + (dues[i].Ticks * (Stopwatch.Frequency / TimeSpan.TicksPerSecond)));
            late[i] = (Stopwatch.GetElapsedTime(start) - dues[i]).TotalMilliseconds;
        }
    }

    /// <summary>Arms timers of up to an hour, some of which are due while others are measured.</summary>
    private static List<ITimer> Arm(TimeProvider time, int count)
    {
        Random random = new(2);
        using AsyncFlowControl flow = ExecutionContext.SuppressFlow();
        return [.. Enumerable.Range(0, count).Select(_ => time.CreateTimer(static _ => { }, null, TimeSpan.FromSeconds(1 + (random.NextDouble() * 3600)), Timeout.InfiniteTimeSpan))];
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
