namespace Backpressure.Simulation.Engine;

/// <summary>Averages over time what has a value at every moment, second by second.</summary>
internal sealed class Level
{
    private readonly List<double> _seconds = []; // the integral over each, in ticks
    private double _value;
    private double _sum;
    private long _last;
    private long _end = TimeSpan.TicksPerSecond; // of the present second

    public Level(double value)
    {
        _value = value;
        Peak = value;
    }

    public double Value => _value;

    public double Peak { get; private set; }

    public void Set(double value, long now)
    {
        CatchUp(now);
        _value = value;
        Peak = Math.Max(Peak, value);
    }

    /// <summary>The mean of each second; the last one may be a part of one.</summary>
    public double[] Seconds(long now)
    {
        CatchUp(now);
        double rest = now - (_end - TimeSpan.TicksPerSecond);
        double[] means = new double[_seconds.Count + (rest > 0 ? 1 : 0)];
        for (int i = 0; i < means.Length; i++)
        {
            means[i] = i < _seconds.Count ? _seconds[i] / TimeSpan.TicksPerSecond : _sum / rest;
        }

        return means;
    }

    private void CatchUp(long now)
    {
        while (now >= _end)
        {
            _seconds.Add(_sum + (_value * (_end - _last)));
            _sum = 0;
            _last = _end;
            _end += TimeSpan.TicksPerSecond;
        }

        _sum += _value * (now - _last);
        _last = now;
    }
}
