namespace Backpressure.AspNetCore.Telemetry;

/// <summary>Knows how long the server has been shedding without a pause.</summary>
internal sealed class SustainedShedding
{
    /// <summary>What counts as sustained.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly object _lock = new();
    private readonly Func<TimeSpan> _now;
    private TimeSpan? _first; // guarded by _lock
    private TimeSpan _last; // guarded by _lock

    public SustainedShedding(Func<TimeSpan> now) => _now = now;

    /// <summary>From the first refusal of the present spell to now; zero when the last refusal is two seconds old or there was none.</summary>
    public TimeSpan Lasted
    {
        get
        {
            TimeSpan now = _now();
            lock (_lock)
            {
                return _first is { } first && now - _last < Pause ? now - first : TimeSpan.Zero;
            }
        }
    }

    /// <summary>A request was shed.</summary>
    public void Note(TimeSpan now)
    {
        lock (_lock)
        {
            if (_first is null || now - _last >= Pause)
            {
                _first = now;
            }

            _last = now;
        }
    }
}
