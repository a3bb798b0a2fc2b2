using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Admission;

/// <summary>Measures the <see cref="Strain"/> of the process, once a second, while somebody asks.</summary>
internal sealed class StrainMeter
{
    private const double MicrosecondsPerSecond = 1e6;
    private const double MicrosecondsPerNanosecond = 1e-3;
    private const double Percent = 0.01;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly Func<TimeSpan> _paused;
    private readonly StrainFile _throttled;
    private readonly StrainFile _throttledNanoseconds;
    private readonly StrainFile _crowded;
    private readonly StrainFile _reclaiming;
    private TimeSpan? _readAt;
    private TimeSpan _pausedThen;
    private double? _throttledThen;

    /// <param name="proc">Where the system tells of itself.</param>
    /// <param name="cgroups">Where it tells of control groups.</param>
    /// <param name="paused">How long the garbage collector has paused the process since it began; <see langword="null"/> to ask it.</param>
    public StrainMeter(string proc = "/proc", string cgroups = "/sys/fs/cgroup", Func<TimeSpan>? paused = null)
    {
        ControlGroups groups = new(proc, cgroups);
        _paused = paused ?? GC.GetTotalPauseDuration;
        _throttled = new StrainFile("throttled_usec ", FilesOf(groups.Unified, "cpu.stat"));
        _throttledNanoseconds = new StrainFile("throttled_time ", FilesOf(groups.Processors, "cpu.stat"));
        _crowded = new StrainFile("full avg10=", [.. FilesOf(groups.Unified, "cpu.pressure"), Path.Combine(proc, "pressure/cpu")]);
        _reclaiming = new StrainFile("some avg10=", [.. FilesOf(groups.Unified, "memory.pressure"), Path.Combine(proc, "pressure/memory")]);
    }

    /// <summary>The strain since the last reading; <see langword="null"/> when that was less than a second ago, and the first time.</summary>
    public Strain? Read(TimeSpan now)
    {
        TimeSpan? since = now - _readAt;
        if (since < Shortest)
        {
            return null;
        }

        TimeSpan paused = _paused();
        double? throttled = _throttled.Read() ?? (_throttledNanoseconds.Read() * MicrosecondsPerNanosecond);
        Strain? strain = since is { } span ? new Strain(
            (paused - _pausedThen) / span,
            (throttled - _throttledThen) / (span.TotalSeconds * MicrosecondsPerSecond) ?? 0,
            _crowded.Read() * Percent ?? 0,
            _reclaiming.Read() * Percent ?? 0) : null;
        _readAt = now;
        _pausedThen = paused;
        _throttledThen = throttled;
        return strain;
    }

    private static string[] FilesOf(IReadOnlyList<string> groups, string name) => [.. groups.Select(group => Path.Combine(group, name))];
}
