namespace Backpressure.Simulation.Algorithms.Peers;

/// <summary>Netflix concurrency-limits, AIMDLimit in a WindowedLimit: one more while at least half of the limit is used, a tenth less after a drop.</summary>
/// <remarks>Initial 20, 20 to 200, back-off 0.9; an average time over 5 s is a drop.</remarks>
internal sealed class AimdLimit : IAlgorithm
{
    private const int Minimum = 20;
    private const int Maximum = 200;
    private const double BackOff = 0.9;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly NetflixWindow _window = new();

    public AimdLimit(int initial) => Limit = initial;

    public int Limit { get; private set; }

    public TimeSpan WakeAt => TimeSpan.MaxValue;

    public void Complete(in Completion completion)
    {
        if (_window.TryClose(completion, out WindowSample sample))
        {
            Limit = Math.Clamp(Next(sample), Minimum, Maximum);
        }
    }

    public void Hold(TimeSpan now, int inFlight, bool isShed)
    {
    }

    public void Wake(TimeSpan now, in ServerReading reading)
    {
    }

    private int Next(in WindowSample sample)
    {
        if (sample.DidDrop || sample.Rtt > Timeout.Ticks)
        {
            return (int)(Limit * BackOff);
        }

        return sample.InFlight * 2 >= Limit ? Limit + 1 : Limit;
    }
}
