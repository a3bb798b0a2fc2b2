namespace Backpressure.AspNetCore.Limits;

/// <summary>Remembers a limit beyond which the throughput fell, so that it is not tried again and again.</summary>
internal sealed class Cliff
{
    private const double FirstTrust = 10;
    private const double LongestTrust = 160;

    private double _at = double.MaxValue;
    private double _since;
    private double _trust = FirstTrust; // seconds; twice as long each time that it is found again
    private double _rateBelow;

    public bool IsKnown => _at < double.MaxValue;

    /// <summary>Whether nobody looked yet if the throughput came back.</summary>
    public bool IsUnverified => _rateBelow > 0;

    public void Note(double now, ThroughputPoint below, ThroughputPoint beyond)
    {
        _at = Math.Sqrt(below.InFlight * beyond.InFlight);
        _since = now;
        _trust = Math.Min(LongestTrust, 2 * _trust);
        _rateBelow = below.Rate;
    }

    /// <summary>Looks if the throughput came back below: if it did not, the server became slower, and there is no cliff.</summary>
    /// <returns>Whether the cliff is still believed in.</returns>
    public bool Verify(double rate)
    {
        if (rate < 0.7 * _rateBelow)
        {
            Forget();
        }

        _rateBelow = 0;
        return IsKnown;
    }

    /// <summary>Bounds a limit.</summary>
    public double Cap(double now, double limit)
    {
        if (IsKnown && now - _since > _trust)
        {
            _since = now;
            MoveAway(1.25);
        }

        return Math.Min(limit, _at);
    }

    /// <summary>There is room just below it, so it may be farther away. Believed after half of the time only: there is room just below a steep one, too.</summary>
    public void Lift(double now, double limit)
    {
        if (_at < limit * 1.15 && now - _since > _trust / 2)
        {
            _since = now;
            MoveAway(1.3);
        }
    }

    public void Forget()
    {
        _at = double.MaxValue;
        _rateBelow = 0;
    }

    private void MoveAway(double factor) => _at = _at * factor > 1_000_000 ? double.MaxValue : _at * factor;
}
