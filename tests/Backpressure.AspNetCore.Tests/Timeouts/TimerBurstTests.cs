using Backpressure.AspNetCore.Timeouts;
using Xunit.Abstractions;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>A million timers of one instant all begin within 200 ms after it or, where the machine is too busy for that, within three times what the thread pool alone takes for a million work items.</summary>
[Collection(TimingSensitive.Name)]
public sealed class TimerBurstTests(ITestOutputHelper output) : IDisposable
{
    private const int Million = 1_000_000;
    private const int Rounds = 3;
    private const double MostMs = 200;
    private const double Room = 3;

    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(3);

    private readonly TimerFdTimeProvider _time = new();
    private readonly ITimer[] _timers = new ITimer[Million];
    private readonly ManualResetEventSlim _done = new();
    private int _left;

    public void Dispose()
    {
        _time.Dispose();
        _done.Dispose();
    }

    [LinuxFact] // T15, R14
    public void A_million_timers_of_one_instant_begin_within_200_ms_of_it()
    {
        using AsyncFlowControl flow = ExecutionContext.SuppressFlow();
        for (int i = 0; i < Million; i++)
        {
            _timers[i] = _time.CreateTimer(_ => Note(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        List<double> ours = [];
        List<double> pool = [];
        for (int round = 0; round < Rounds; round++)
        {
            pool.Add(QueueMs());
            ours.Add(BurstMs());
            output.WriteLine($"{ours[^1]:F0} ms, the thread pool alone {pool[^1]:F0} ms");
        }

        ours.Sort();
        Assert.InRange(ours[Rounds / 2], 0, Math.Max(MostMs, Room * pool.Max()));
    }

    /// <summary>How long after their due the last of the timers begins.</summary>
    private double BurstMs()
    {
        Begin();
        long due = _time.GetTimestamp() + Timestamps.After(0, Ahead, _time.TimestampFrequency);
        foreach (ITimer timer in _timers)
        {
            timer.Change(Timestamps.Between(_time.GetTimestamp(), due, _time.TimestampFrequency), Timeout.InfiniteTimeSpan);
        }

        Assert.True(_time.GetTimestamp() < due, "Invalid: the machine could not even arm them in time.");
        return MsUntilDoneFrom(due);
    }

    private double QueueMs()
    {
        Begin();
        long start = _time.GetTimestamp();
        for (int i = 0; i < Million; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => Note(), null);
        }

        return MsUntilDoneFrom(start);
    }

    private void Begin()
    {
        _done.Reset();
        Volatile.Write(ref _left, Million);
    }

    private double MsUntilDoneFrom(long start)
    {
        Assert.True(_done.Wait(RealTime.Patience), $"{_left} never began.");
        return _time.GetElapsedTime(start).TotalMilliseconds;
    }

    private void Note()
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _done.Set();
        }
    }
}
