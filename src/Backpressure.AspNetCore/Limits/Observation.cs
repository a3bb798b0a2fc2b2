namespace Backpressure.AspNetCore.Limits;

/// <summary>Watches what ends under a limit: first until what ends was brought about by it, then for as long as a window takes to say enough.</summary>
internal sealed class Observation
{
    private const double LongSilence = 2; // turnovers: by chance none of two that may run is there for as long once in fifty times
    private const double ShortestSilence = 0.02; // seconds
    private const double PatientMeans = 10; // that those above a lowered limit may need to leave
    private const double LeastPrice = 0.02; // seconds, after which the next look may follow in one
    private const double PriceShare = 0.1; // of the time that it took: nobody knows what it lost

    private readonly Transition _transition = new();
    private double _lastEnd;

    public ServiceTimes Times { get; } = new();

    public ThroughputWindow Window { get; } = new();

    /// <summary>Whether what ends now counts.</summary>
    public bool IsUnderWay => _transition.IsOver;

    /// <summary>The limit is another one now.</summary>
    /// <param name="now">The time.</param>
    /// <param name="settle">How long it takes to show; <see langword="null"/> for as long as requests are found running.</param>
    /// <param name="isDown">Whether more may run than the limit allows now.</param>
    public void Await(double now, double? settle, bool isDown)
    {
        Window.ForgetFailures();
        _transition.Begin(now, settle ?? Times.Turnover, isDown, PatientMeans * Times.Mean);
    }

    /// <summary>A request ended. Whether it says something of the service; see <see cref="ServiceTimes.Note"/>.</summary>
    public bool NoteEnd(double now, double took, Ending ending)
    {
        _lastEnd = now;
        return Times.Note(took, ending);
    }

    /// <summary>Since the limit was moved, or requests stopped, in seconds; see <see cref="Transition.Elapsed"/>.</summary>
    public double Elapsed(double now) => _transition.Elapsed(now);

    /// <summary>A request ended: begins the window if it is time.</summary>
    public void TryBegin(double now, int inFlight, int limit)
    {
        if (_transition.TryEnd(now, inFlight, limit))
        {
            Begin(now);
        }
    }

    /// <summary>Begins the next window, as the limit stays.</summary>
    public void Begin(double now)
    {
        Window.Begin(now);
        Times.BeginWindow();
    }

    /// <summary>Whether no end will come to tell of the limit: those above it do not leave, or nobody comes any more.</summary>
    /// <returns>What it cost, in seconds; <see langword="null"/> where it is worth waiting.</returns>
    public double? WaitsInVain(double now, int inFlight)
    {
        bool isSilent = inFlight == 0 && now - _lastEnd > Math.Max(ShortestSilence, LongSilence * Times.Turnover);
        return isSilent ? PriceOfCut(now) : StuckFor(now);
    }

    /// <summary>See <see cref="Transition.StuckFor"/>.</summary>
    public double? StuckFor(double now) => _transition.StuckFor(now);

    /// <summary>What a look cost that ended with the requests, in seconds of all the goodput.</summary>
    public double PriceOfCut(double now) => Math.Max(LeastPrice, PriceShare * Elapsed(now));

    /// <summary>Whether the window says enough, or already that the server stalls.</summary>
    /// <param name="now">The time.</param>
    /// <param name="expectedRate">What the server should do, per second; 0 for "nobody knows".</param>
    /// <param name="usual">What it does.</param>
    public bool IsEnough(double now, double expectedRate, UsualThroughput usual) =>
        Window.IsStall(now, expectedRate, usual.MeasuredDispersion) || Window.IsComplete(now, Times.Turnover, usual.DispersionFor(Times));

    /// <summary>Ends the window.</summary>
    public LimitView End(double now, double limit, LimitPhase phase, bool isIdle)
    {
        Times.EndWindow();
        return new LimitView(now, limit, phase, Times, Window) { HasPause = isIdle || Window.IsEmpty(now) };
    }
}
