namespace Backpressure.Simulation.Algorithms.Peers;

/// <summary>The median of the last five values; each of the first four stands for itself.</summary>
internal sealed class RollingMedian
{
    private const int Size = 5;

    private readonly double[] _values = new double[Size];
    private readonly double[] _sorted = new double[Size];
    private int _count;
    private int _next;

    public double Add(double value)
    {
        _values[_next] = value;
        _next = (_next + 1) % Size;
        _count = Math.Min(_count + 1, Size);
        if (_count < Size)
        {
            return value;
        }

        _values.CopyTo(_sorted, 0);
        Array.Sort(_sorted);
        return _sorted[Size / 2];
    }
}
