namespace Backpressure.Simulation.Algorithms.Peers;

/// <summary>Netflix concurrency-limits, Gradient2Limit in a WindowedLimit: the limit shrinks by the ratio of the long-term to the present time, and grows by a queue of 4.</summary>
/// <remarks>Initial 20, 20 to 200, smoothing 0.2, tolerance 1.5, ratio 0.5 to 1.
/// The long-term average is over 600 windows with a warm-up of 10, and cut by 5 % while it is over twice the present time.
/// Drops are told to it and have no effect there.</remarks>
internal sealed class Gradient2Limit : IAlgorithm
{
    private const int Minimum = 20;
    private const int Maximum = 200;
    private const int Queue = 4;
    private const double Smoothing = 0.2;
    private const double Tolerance = 1.5;

    private readonly NetflixWindow _window = new();
    private readonly WarmedAverage _longTerm = new(600, 10);
    private double _limit;

    public Gradient2Limit(int initial) => _limit = initial;

    public int Limit => (int)_limit;

    public TimeSpan WakeAt => TimeSpan.MaxValue;

    public void Complete(in Completion completion)
    {
        if (!_window.TryClose(completion, out WindowSample sample))
        {
            return;
        }

        double ratio = _longTerm.Add(sample.Rtt) / sample.Rtt;
        if (ratio > 2)
        {
            _longTerm.Scale(0.95);
        }

        if (sample.InFlight < _limit / 2)
        {
            return;
        }

        double aim = (_limit * Math.Clamp(Tolerance * ratio, 0.5, 1)) + Queue;
        _limit = Math.Clamp(((1 - Smoothing) * _limit) + (Smoothing * aim), Minimum, Maximum);
    }

    public void Hold(TimeSpan now, int inFlight, bool isShed)
    {
    }

    public void Wake(TimeSpan now, in ServerReading reading)
    {
    }
}
