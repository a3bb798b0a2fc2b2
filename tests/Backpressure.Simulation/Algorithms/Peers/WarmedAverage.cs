namespace Backpressure.Simulation.Algorithms.Peers;

/// <summary>An exponentially weighted average that starts as the plain average of its first values; a new value weighs 2/(window + 1) after that.</summary>
/// <remarks>What <see cref="Scale"/> does during the warm-up is undone by the next value, as in the libraries that use this average.</remarks>
internal sealed class WarmedAverage
{
    private readonly double _weight;
    private readonly int _warmUp;
    private double _sum;
    private int _count;

    public WarmedAverage(int window, int warmUp)
    {
        _weight = 2.0 / (window + 1);
        _warmUp = warmUp;
    }

    public double Value { get; private set; }

    public double Add(double value)
    {
        if (_count < _warmUp)
        {
            _count++;
            _sum += value;
            Value = _sum / _count;
        }
        else
        {
            Value += (value - Value) * _weight;
        }

        return Value;
    }

    public void Scale(double factor) => Value *= factor;
}
