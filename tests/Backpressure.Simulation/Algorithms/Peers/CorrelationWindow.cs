namespace Backpressure.Simulation.Algorithms.Peers;

/// <summary>The correlation of the last fifty pairs of values, and how much the second of them varies; nothing before ten pairs.</summary>
/// <remarks>The sums are made anew for each pair, so that no rounding error builds up. Pairs of which one value varies by less than 1 % do not correlate.</remarks>
internal sealed class CorrelationWindow
{
    private const int Size = 50;
    private const int WarmUp = 10;
    private const double LeastVariation = 0.01;

    private readonly double[] _xs = new double[Size];
    private readonly double[] _ys = new double[Size];
    private int _count;
    private int _next;

    /// <summary>Takes a pair in.</summary>
    /// <returns>The correlation, from -1 to 1, and the coefficient of variation of the second value.</returns>
    public (double Correlation, double Variation) Add(double x, double y)
    {
        _xs[_next] = x;
        _ys[_next] = y;
        _next = (_next + 1) % Size;
        _count = Math.Min(_count + 1, Size);
        if (_count < WarmUp)
        {
            return (0, 0);
        }

        double meanX = MeanOf(_xs);
        double meanY = MeanOf(_ys);
        double varianceX = CovarianceOf(_xs, meanX, _xs, meanX);
        double varianceY = CovarianceOf(_ys, meanY, _ys, meanY);
        double variation = Math.Sqrt(varianceY) / meanY;
        if (variation < LeastVariation || Math.Sqrt(varianceX) / meanX < LeastVariation)
        {
            return (0, variation);
        }

        return (CovarianceOf(_xs, meanX, _ys, meanY) / Math.Sqrt(varianceX * varianceY), variation);
    }

    private double MeanOf(double[] values)
    {
        double sum = 0;
        for (int i = 0; i < _count; i++)
        {
            sum += values[i];
        }

        return sum / _count;
    }

    private double CovarianceOf(double[] xs, double meanX, double[] ys, double meanY)
    {
        double sum = 0;
        for (int i = 0; i < _count; i++)
        {
            sum += (xs[i] - meanX) * (ys[i] - meanY);
        }

        return sum / _count;
    }
}
