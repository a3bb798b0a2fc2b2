namespace Backpressure.Simulation.Algorithms.Peers;

/// <summary>failsafe-go, AdaptiveLimiter: reckons the queue as TCP Vegas does, from smoothed recent times against their own moving average, and checks it by correlations.</summary>
/// <remarks>Initial 20, 1 to 200, at most 5 times what was in flight. Recent times: the 90th percentile of 50 samples or more in 1 s to 30 s (twice the shortest time),
/// then the median of 5, then an average over 5; baseline: an average of that over 10; both with a warm-up of 10. Correlations over 50 windows, from the tenth on.
/// It takes all results for samples, failures too; for a request that ended early, such as by a timeout, it has Drop, which is no sample:
/// so a caller who left is none. Its own queue is off by default; the scenario's is in front.</remarks>
internal sealed class FailsafeGoLimit : IAlgorithm
{
    private const int Minimum = 1;
    private const int Maximum = 200;
    private const int InFlightFactor = 5;
    private const int LeastSamples = 50;
    private const double Percentile = 0.9;
    private static readonly TimeSpan ShortestWindow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWindow = TimeSpan.FromSeconds(30);

    private readonly LatencyHistogram _times = new();
    private readonly RollingMedian _median = new();
    private readonly WarmedAverage _recent = new(5, 10);
    private readonly WarmedAverage _baseline = new(10, 10);
    private readonly CorrelationWindow _throughput = new();
    private readonly CorrelationWindow _rtt = new();
    private TimeSpan _updateAfter;
    private int _inFlight;

    public FailsafeGoLimit(int initial) => Limit = Math.Clamp(initial, Minimum, Maximum);

    public int Limit { get; private set; }

    public TimeSpan WakeAt => TimeSpan.MaxValue;

    public void Complete(in Completion completion)
    {
        if (completion.Kind != CompletionKind.Aborted)
        {
            _times.Add(completion.Took);
            _inFlight = Math.Max(_inFlight, completion.InFlightAtStart);
        }

        if (completion.Now <= _updateAfter || _times.Count < LeastSamples)
        {
            return;
        }

        double recent = _recent.Add(_median.Add(_times.Quantile(Percentile)));
        Update(recent, completion.InFlight + 1 >= Limit); // it still held its permit then
        long window = Math.Clamp(2 * _times.Shortest, ShortestWindow.Ticks, LongestWindow.Ticks);
        _updateAfter = completion.Now + TimeSpan.FromTicks(window);
        _times.Clear();
        _inFlight = 0;
    }

    public void Hold(TimeSpan now, int inFlight, bool isShed)
    {
    }

    public void Wake(TimeSpan now, in ServerReading reading)
    {
    }

    private void Update(double recent, bool isFull)
    {
        int queued = (int)Math.Ceiling(Limit * (1 - (_baseline.Add(recent) / recent)));
        (double throughputCorrelation, double throughputVariation) = _throughput.Add(_inFlight, _inFlight / recent);
        (double rttCorrelation, _) = _rtt.Add(_inFlight, recent);
        int step = LogStep.Of(Limit);
        int next = Limit + (step * FailsafeGoRule.Decide(queued, step, isFull, throughputCorrelation, throughputVariation, rttCorrelation));
        int most = InFlightFactor * _inFlight;
        if (next > most)
        {
            next = Limit > most ? Limit - step : most;
        }

        Limit = Math.Clamp(next, Minimum, Maximum);
    }
}
