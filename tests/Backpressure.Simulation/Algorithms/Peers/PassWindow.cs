namespace Backpressure.Simulation.Algorithms.Peers;

/// <summary>The last ten seconds in a hundred buckets, for the limit of Kratos: from the best rate and the best time in them, how many requests the server can hold.</summary>
/// <remarks>The bucket that is being filled does not count. Times are cut to whole milliseconds (the source rounds up, but nanoseconds), those of nothing are left out, and the average of a bucket is rounded up.</remarks>
internal sealed class PassWindow
{
    private const int Buckets = 100;
    private const int BucketsPerSecond = 10;
    private static readonly long BucketTicks = TimeSpan.TicksPerSecond / BucketsPerSecond;

    private readonly int[] _passes = new int[Buckets];
    private readonly int[] _times = new int[Buckets];
    private readonly long[] _milliseconds = new long[Buckets];
    private long _current;
    private long _reckonedIn = -1;
    private int _reckoned;

    public void Add(TimeSpan now, TimeSpan took)
    {
        Advance(now);
        int bucket = (int)(_current % Buckets);
        _passes[bucket]++;
        long milliseconds = (long)took.TotalMilliseconds;
        if (milliseconds > 0)
        {
            _times[bucket]++;
            _milliseconds[bucket] += milliseconds;
        }
    }

    /// <summary>The most requests in a bucket × buckets per second × the shortest average time, rounded down.</summary>
    public int InFlight(TimeSpan now)
    {
        Advance(now);
        if (_reckonedIn != _current)
        {
            _reckonedIn = _current;
            _reckoned = Reckon();
        }

        return _reckoned;
    }

    private int Reckon()
    {
        int passes = 1;
        double time = double.MaxValue;
        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            if (bucket == _current % Buckets)
            {
                continue;
            }

            passes = Math.Max(passes, _passes[bucket]);
            if (_times[bucket] > 0)
            {
                time = Math.Min(time, (double)_milliseconds[bucket] / _times[bucket]);
            }
        }

        double milliseconds = time == double.MaxValue ? 1 : Math.Ceiling(time);
        return (int)Math.Min(passes * milliseconds * BucketsPerSecond / 1000, int.MaxValue);
    }

    private void Advance(TimeSpan now)
    {
        long bucket = now.Ticks / BucketTicks;
        for (long passed = Math.Max(_current + 1, bucket - Buckets + 1); passed <= bucket; passed++)
        {
            int index = (int)(passed % Buckets);
            (_passes[index], _times[index], _milliseconds[index]) = (0, 0, 0);
        }

        _current = Math.Max(_current, bucket);
    }
}
