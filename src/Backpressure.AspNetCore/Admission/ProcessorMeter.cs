namespace Backpressure.AspNetCore.Admission;

/// <summary>Measures what share of its processors the process used of late. Read only while somebody asks.</summary>
internal sealed class ProcessorMeter
{
    private const int Kept = 16;
    private const int ReadingsInPeriod = 10;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10); // below it the system's own accounting is too coarse
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(150); // beyond it the share is of a past that is over; as far apart come the requests of the slowest rush that grows a limit of 8

    private readonly Func<TimeSpan> _used;
    private readonly double _processors;
    private readonly TimeSpan _period;
    private readonly TimeSpan _spacing;
    private readonly (TimeSpan At, TimeSpan Used)[] _readings = new (TimeSpan, TimeSpan)[Kept];
    private int _count;

    /// <param name="used">The processor time that the process has used since it began.</param>
    /// <param name="processors">How many processors it may use, in parts of one.</param>
    /// <param name="period">In which it may use so many at once, to be held back for the rest: only over all of it does the share say anything. Zero where nothing bounds it.</param>
    public ProcessorMeter(Func<TimeSpan> used, double processors, TimeSpan period = default)
    {
        _used = used;
        _processors = processors;
        _period = period;
        _spacing = period / ReadingsInPeriod > Shortest ? period / ReadingsInPeriod : Shortest;
    }

    /// <summary>Measures this process, with the processors that there are or, where that is less, what its control group allows.</summary>
    public static ProcessorMeter OfThisProcess() => ProcessorQuota.Own is { } quota && quota.Processors < Environment.ProcessorCount
        ? new ProcessorMeter(UsedByThisProcess, quota.Processors, quota.Period)
        : new ProcessorMeter(UsedByThisProcess, Environment.ProcessorCount);

    /// <summary>The share used since the last reading, or in the last period, from 0 to 1; <see langword="null"/> when that was a moment ago, or too long.</summary>
    public double? Read(TimeSpan now)
    {
        if (_count > 0 && now - _readings[(_count - 1) % Kept].At < _spacing)
        {
            return null;
        }

        TimeSpan used = _used();
        double? share = null;
        for (int number = _count - 1; number >= Math.Max(0, _count - Kept) && share is null; number--)
        {
            (TimeSpan at, TimeSpan usedThen) = _readings[number % Kept];
            TimeSpan span = now - at;
            if (span > _period + Longest)
            {
                break;
            }

            share = span >= _period ? Math.Clamp((used - usedThen) / (span * _processors), 0, 1) : null;
        }

        _readings[_count % Kept] = (now, used);
        _count = _count + 1 < 2 * Kept ? _count + 1 : Kept;
        return share;
    }

    private static TimeSpan UsedByThisProcess() => Environment.CpuUsage.TotalTime;
}
