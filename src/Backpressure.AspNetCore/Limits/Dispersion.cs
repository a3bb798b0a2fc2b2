namespace Backpressure.AspNetCore.Limits;

/// <summary>Measures by how much counts of completions vary from window to window under one limit, in units of a Poisson process.</summary>
internal sealed class Dispersion
{
    private const double Least = 0.5;
    private const double Weight = 0.1;
    private const double Outlier = 9; // a change of the server, not its noise

    private double _lastRate;
    private double _lastLength;

    public double Value { get; private set; } = 1;

    /// <summary>A window ended.</summary>
    /// <param name="rate">Successes per second.</param>
    /// <param name="length">Seconds.</param>
    public void Add(double rate, double length)
    {
        if (_lastLength > 0)
        {
            double difference = rate - _lastRate;
            double seen = difference * difference / ((rate / length) + (_lastRate / _lastLength));
            Value = Math.Max(Least, Value + (Weight * (Math.Min(seen, Outlier * Value) - Value)));
        }

        _lastRate = rate;
        _lastLength = length;
    }

    /// <summary>What comes next is not to be compared with what was.</summary>
    public void Interrupt() => _lastLength = 0;
}
