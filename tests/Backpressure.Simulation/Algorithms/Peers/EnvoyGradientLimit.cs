namespace Backpressure.Simulation.Algorithms.Peers;

/// <summary>Envoy, adaptive concurrency filter, gradient controller: the limit follows the ratio of the shortest to the present time, plus its square root.</summary>
/// <remarks>Defaults: 3 to 1000, median, buffer 25 %, ratio 0.5 to 2; the shortest time is the median of 50 requests with the limit pinned to 3, measured first of all,
/// after each interval with a jitter of up to 15 %, and after five windows in a row at the lowest limit. Interval and window have no defaults;
/// those of the example in its documentation are taken: 60 s and 0.1 s. It has no initial limit either: here that is the limit after the first measurement.
/// Requests that started before the last measurement are no samples.
/// A response is a sample whatever its status; a request whose caller left is none.</remarks>
internal sealed class EnvoyGradientLimit : IAlgorithm
{
    private const int Minimum = 3;
    private const int Maximum = 1000;
    private const int LeastSamples = 50;
    private const int MinimaInARow = 5;
    private const double Percentile = 0.5;
    private const double Buffer = 0.25;
    private const double Jitter = 0.15;
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);

    private readonly LatencyHistogram _times = new();
    private readonly Random _random;
    private int? _limitAfter; // set while it measures
    private TimeSpan _measuredSince;
    private double _shortest;
    private int _minima;
    private TimeSpan _updateAt;
    private TimeSpan _measureAt;

    public EnvoyGradientLimit(int initial)
        : this(initial, new Random(1))
    {
    }

    public EnvoyGradientLimit(int initial, Random random)
    {
        _random = random;
        Limit = Minimum;
        _limitAfter = Math.Clamp(initial, Minimum, Maximum);
    }

    public int Limit { get; private set; }

    public TimeSpan WakeAt
    {
        get
        {
            if (_limitAfter is not null)
            {
                return TimeSpan.MaxValue;
            }

            return _updateAt < _measureAt ? _updateAt : _measureAt;
        }
    }

    public void Complete(in Completion completion)
    {
        if (completion.Kind == CompletionKind.Aborted || completion.Now - completion.Took < _measuredSince)
        {
            return;
        }

        _times.Add(completion.Took);
        if (_limitAfter is int limit && _times.Count >= LeastSamples)
        {
            _shortest = Summarise();
            Limit = limit;
            _limitAfter = null;
            _updateAt = completion.Now + Window;
            _measureAt = completion.Now + Interval + (_random.NextDouble() * Jitter * Interval);
        }
    }

    public void Hold(TimeSpan now, int inFlight, bool isShed)
    {
    }

    public void Wake(TimeSpan now, in ServerReading reading)
    {
        if (_limitAfter is not null)
        {
            return;
        }

        if (now >= _measureAt)
        {
            Measure(now);
        }
        else if (now >= _updateAt)
        {
            _updateAt = now + Window;
            Update(now);
        }
    }

    private void Update(TimeSpan now)
    {
        if (_times.Count == 0)
        {
            return;
        }

        double product = Limit * Math.Clamp(_shortest * (1 + Buffer) / Summarise(), 0.5, 2);
        int next = Math.Clamp((int)(product + Math.Sqrt(product)), Minimum, Maximum);
        _minima = Limit == Minimum && next == Minimum ? _minima + 1 : 0;
        Limit = next;
        if (_minima >= MinimaInARow)
        {
            Measure(now);
        }
    }

    private void Measure(TimeSpan now)
    {
        _limitAfter = Limit;
        Limit = Minimum;
        _minima = 0;
        _times.Clear();
        _measuredSince = now;
    }

    private double Summarise()
    {
        double time = _times.Quantile(Percentile);
        _times.Clear();
        return time;
    }
}
