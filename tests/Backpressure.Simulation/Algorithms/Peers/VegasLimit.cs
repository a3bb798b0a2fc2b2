namespace Backpressure.Simulation.Algorithms.Peers;

/// <summary>Netflix concurrency-limits, VegasLimit in a WindowedLimit: reckons from the shortest time how many requests queue, and keeps that between alpha and beta.</summary>
/// <remarks>Initial 20, 1 to 1000, smoothing 1. With s = max(1, ⌊log10 L⌋): alpha 3·s, beta 6·s, threshold s, steps of s.
/// The shortest time is forgotten after U[0.5, 1)·30·L windows.</remarks>
internal sealed class VegasLimit : IAlgorithm
{
    private const int Maximum = 1000;
    private const int ProbeMultiplier = 30;

    private readonly NetflixWindow _window = new();
    private readonly Random _random;
    private double _limit;
    private long _rttWithoutLoad;
    private int _windowsSinceProbe;
    private double _probeShare;

    public VegasLimit(int initial)
        : this(initial, new Random(1))
    {
    }

    public VegasLimit(int initial, Random random)
    {
        _limit = initial;
        _random = random;
        DrawProbe();
    }

    public int Limit => (int)_limit;

    public TimeSpan WakeAt => TimeSpan.MaxValue;

    public void Complete(in Completion completion)
    {
        if (!_window.TryClose(completion, out WindowSample sample))
        {
            return;
        }

        _windowsSinceProbe++;
        if (_windowsSinceProbe >= _probeShare * ProbeMultiplier * _limit)
        {
            DrawProbe();
            _windowsSinceProbe = 0;
            _rttWithoutLoad = sample.Rtt;
        }
        else if (_rttWithoutLoad == 0 || sample.Rtt < _rttWithoutLoad)
        {
            _rttWithoutLoad = sample.Rtt;
        }
        else
        {
            _limit = Math.Clamp(_limit + StepFor(sample), 1, Maximum);
        }
    }

    public void Hold(TimeSpan now, int inFlight, bool isShed)
    {
    }

    public void Wake(TimeSpan now, in ServerReading reading)
    {
    }

    private int StepFor(in WindowSample sample)
    {
        int step = LogStep.Of(_limit);
        if (sample.DidDrop)
        {
            return -step;
        }

        if (sample.InFlight * 2 < _limit)
        {
            return 0;
        }

        int queued = (int)Math.Ceiling(_limit * (1 - ((double)_rttWithoutLoad / sample.Rtt)));
        if (queued <= step)
        {
            return 6 * step;
        }

        if (queued < 3 * step)
        {
            return step;
        }

        return queued > 6 * step ? -step : 0;
    }

    private void DrawProbe() => _probeShare = 0.5 + (0.5 * _random.NextDouble());
}
