namespace Backpressure.AspNetCore.Limits;

/// <summary>Remembers a limit beyond which the throughput fell, so that it is not tried again and again.</summary>
internal sealed class Cliff
{
    private const double FirstTrust = 10;
    private const double LongestTrust = 160;

    private const double Close = 1.5;
    private const double Back = 0.7;
    private const double Better = 1.4;

    private double _at = double.MaxValue;
    private double _since;
    private double _trust = FirstTrust; // seconds; twice as long each time that it is found again
    private double _rateBelow;
    private ThroughputPoint _below;

    public bool IsKnown => _at < double.MaxValue;

    /// <summary>Whether nobody looked yet if the throughput came back.</summary>
    public bool IsUnverified => _rateBelow > 0;

    /// <param name="now">The time.</param>
    /// <param name="below">What was done at a limit that worked.</param>
    /// <param name="beyond">How many ran where that was lost.</param>
    public void Note(double now, ThroughputPoint below, double beyond)
    {
        _at = Math.Sqrt(below.InFlight * beyond);
        _since = now;
        _trust = Math.Min(LongestTrust, 2 * _trust);
        _rateBelow = below.Rate;
        _below = below;
    }

    /// <summary>Whether a limit is so close that chance alone may push the server over it.</summary>
    public bool IsNear(double limit) => IsKnown && limit > _at / Close;

    /// <summary>Looks if the throughput came back below. If it did not, the server stalls on, or became slower.</summary>
    public bool IsBack(double rate)
    {
        bool isBack = rate >= Back * _rateBelow;
        _rateBelow = 0;
        return isBack;
    }

    /// <summary>A server that does far more than it did below the cliff, for as many in flight, is another one.</summary>
    public void Compare(ThroughputPoint point)
    {
        if (IsKnown && point.Done > Better * _below.Done * Math.Max(1, point.InFlight / _below.InFlight))
        {
            ForgetUnless(mayStall: false);
        }
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

    /// <summary>There is room just below it, so it may be farther away. Believed after half of the time only: there is room just below a steep one, too. Where the server does far less there than it did, it is another one.</summary>
    /// <param name="now">The time.</param>
    /// <param name="limit">The limit that should be higher.</param>
    /// <param name="point">What is done there.</param>
    public void Lift(double now, double limit, ThroughputPoint point)
    {
        if (IsKnown && point.Done * Better < _below.Done * Math.Min(1, point.InFlight / _below.InFlight))
        {
            ForgetUnless(mayStall: false);
        }
        else if (_at < limit * 1.15 && now - _since > _trust / 2)
        {
            _since = now;
            MoveAway(1.3);
        }
    }

    /// <summary>The server is another one, unless it may be that it stalls.</summary>
    public void ForgetUnless(bool mayStall)
    {
        (_at, _trust) = mayStall ? (_at, _trust) : (double.MaxValue, Math.Max(FirstTrust, _trust / 2)); // half: to call it another one may have been a mistake
        _rateBelow = 0;
    }

    private void MoveAway(double factor) => _at = _at * factor > 1_000_000 ? double.MaxValue : _at * factor;
}
