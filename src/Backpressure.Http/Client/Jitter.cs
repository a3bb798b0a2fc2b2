namespace Backpressure.Http.Client;

/// <summary>Draws the random part of every wait, uniform from 0 up to 1, so that clients that failed together do not return together.</summary>
internal sealed class Jitter
{
    private readonly Func<double> _draw;

    public Jitter()
        : this(Random.Shared.NextDouble)
    {
    }

    public Jitter(Func<double> draw) => _draw = draw;

    public double Between(double from, double to) => from + ((to - from) * _draw());
}
