using System.Diagnostics.Metrics;

namespace Backpressure.AspNetCore.Telemetry;

/// <summary>Records how long after its due a timer's callback begins. While nobody listens it does not even look at the clock.</summary>
internal sealed class TimerLateness
{
    private static readonly InstrumentAdvice<double> Advice = new() { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1] };

    private readonly TimeProvider _clock;
    private readonly Histogram<double> _lateness;

    /// <param name="meter">Whose instrument it is.</param>
    /// <param name="clock">Whose timestamps the dues are.</param>
    public TimerLateness(Meter meter, TimeProvider clock)
    {
        _clock = clock;
        _lateness = meter.CreateHistogram("backpressure.timer.lateness", "s", "How long after its due the callback of a timer began.", null, Advice);
    }

    /// <summary>A callback begins.</summary>
    public void Note(long due)
    {
        if (_lateness.Enabled)
        {
            _lateness.Record(_clock.GetElapsedTime(due).TotalSeconds);
        }
    }
}
