namespace Backpressure.AspNetCore.Limits;

/// <summary>Notices that the throughput under one limit has changed for good: a cumulative sum (Page) of how far windows lie from what is known, upwards and downwards.</summary>
internal sealed class ChangeWatch
{
    private const double SmallChange = 0.07; // as a logarithm: of less nothing is made, however surely it is known
    private const double Allowance = 1; // standard errors that a window may be off
    private const double Alarm = 4; // a false one in some ten thousand windows

    private const double Suspicion = 1;

    private double _fallen;
    private double _risen;

    /// <summary>Whether it is likely that the server does less than it did, though not sure.</summary>
    public bool IsSuspicious => _fallen > Suspicion;

    /// <summary>Whether a window, with those before, says that the server is another one.</summary>
    public bool IsChange(ThroughputPoint known, ThroughputPoint point, double dispersion)
    {
        double error = Math.Sqrt((dispersion * ((1 / known.Completions) + (1 / point.Completions))) + (SmallChange * SmallChange));
        double off = Math.Log(point.Done / known.Done) / error;
        _risen = Math.Max(0, _risen + off - Allowance);
        _fallen = Math.Max(0, _fallen - off - Allowance);
        return Math.Max(_risen, _fallen) > Alarm;
    }

    public void Begin()
    {
        _fallen = 0;
        _risen = 0;
    }
}
