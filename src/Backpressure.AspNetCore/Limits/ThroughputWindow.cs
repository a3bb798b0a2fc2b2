namespace Backpressure.AspNetCore.Limits;

/// <summary>Counts what ends while the limit stays the same.</summary>
internal sealed class ThroughputWindow
{
    private const double Windows = 1.5; // turnovers that a window lasts at least
    private const int FewestCompletions = 12;
    private const int WantedCompletions = 60; // times the dispersion
    private const double LongestWindow = 10; // seconds, after which fewer must do
    private const double Full = 0.9; // the share of the limit that must be in use, or it holds nobody back
    private const double LongPause = 0.25; // of the window
    private const int FutileInARow = 6;
    private const double PauseTurnovers = 0.5; // a shorter one may be a matter of which thread told first
    private const int FewestBusy = 8; // permits of which by chance none is in use

    private const double Explained = 0.67; // of the time that those in flight spent: that took those who ended, where it is steady (Little's law)
    private const double MostFailing = 0.9;
    private const double ExpectedInARow = 10; // successes, of which there was none
    private const double ExpectedWhereMostFail = 20; // successes: by chance fewer than half of them come once in two hundred times
    private const int FewestInStall = 3;
    private const double ExpectedInStall = 20;
    private const double StallErrors = 5;

    private double _inFlight;
    private double _took;
    private double _lastEnd;
    private double _lastSuccess;
    private double _pause; // the longest time in which nothing ended that began before it was over
    private int _successes;
    private int _failuresInARow;
    private int _failed;
    private int _failedInARow; // under the present limit, whenever the window began

    /// <summary>Since when, in seconds.</summary>
    public double Start { get; private set; }

    public int Completions { get; private set; }

    /// <summary>How many could not run at once.</summary>
    public int Held { get; private set; }

    /// <summary>How many were refused.</summary>
    public int Shed { get; private set; }

    public void Begin(double now)
    {
        Start = now;
        Completions = 0;
        Held = 0;
        Shed = 0;
        _inFlight = 0;
        _took = 0;
        _lastEnd = now;
        _lastSuccess = now;
        _pause = 0;
        _successes = 0;
        _failuresInARow = 0;
        _failed = 0;
    }

    /// <summary>The limit is another one: what failed before says nothing of it.</summary>
    public void ForgetFailures() => _failedInARow = 0;

    public void NoteHeld(bool isShed)
    {
        Held++;
        Shed += isShed ? 1 : 0;
    }

    /// <param name="now">When it ended.</param>
    /// <param name="took">How long it ran, in seconds.</param>
    /// <param name="inFlight">How many ran when it ended, itself included.</param>
    /// <param name="succeeded">Whether its caller got what it wanted; <see langword="null"/> where it says nothing of the service but that it ran.</param>
    /// <param name="failed">Whether it says nothing because it failed.</param>
    /// <param name="cost">How many it counted for among those in flight.</param>
    public void NoteCompletion(double now, double took, int inFlight, bool? succeeded, bool failed = false, double cost = 1)
    {
        _failed += failed ? 1 : 0;
        _failedInARow = failed ? _failedInARow + 1 : 0;
        _pause = Math.Max(_pause, now - took - _lastEnd);
        _lastEnd = now;
        _took += took * cost;
        if (succeeded is not { } isSuccess)
        {
            return;
        }

        Completions++;
        _inFlight += inFlight;
        _successes += isSuccess ? 1 : 0;
        _failuresInARow = isSuccess ? 0 : _failuresInARow + 1;
        _lastSuccess = isSuccess ? now : _lastSuccess;
    }

    /// <summary>Whether the limit held requests back all the time: only then does it say what the server does at this limit.</summary>
    public bool Binds(int limit) => Held > 0 && _inFlight >= Full * Completions * limit;

    /// <summary>Whether nothing can be said of a rate: nothing that counts ended, or all of it at once.</summary>
    public bool IsEmpty(double now) => Completions == 0 || now <= Start;

    /// <summary>Whether the requests have stopped coming: of so many permits none is in use.</summary>
    /// <param name="inFlight">How many run.</param>
    /// <param name="limit">How many may.</param>
    /// <param name="isLook">Whether it is lowered for a moment, to about half of what it was.</param>
    public static bool IsIdle(int inFlight, int limit, bool isLook) => inFlight == 0 && limit > (isLook ? FewestBusy / 2 : FewestBusy);

    /// <summary>Whether nothing came for a good part of it: where the limit holds requests back, the next begins when one ends.</summary>
    public bool HasPause(double turnover) => _pause > Math.Max(PauseTurnovers * turnover, LongPause * (_lastEnd - Start));

    /// <summary>Whether every answer comes too late: so many in a row had no caller any more, for a turnover, and hardly any before. Where half of the callers leave, six in a row are chance.</summary>
    public bool IsFutile(double turnover) => _failuresInARow >= FutileInARow && _lastEnd - _lastSuccess >= turnover && _successes < (0.1 * Completions) + 2;

    /// <summary>Whether fewer than half as many are served, of those that end, as usual, and the others fail; or so many in a row have failed that it is no chance.</summary>
    /// <param name="usually">The share that fails usually.</param>
    public bool IsFailing(double usually)
    {
        double served = 1 - Math.Min(usually, MostFailing);
        double expected = served * (Completions + _failed);
        return _failedInARow * served >= ExpectedInARow || (expected >= ExpectedWhereMostFail && Completions < expected / 2);
    }

    /// <summary>Whether it says enough: it lasted as long as the work, and counted enough for its noise.</summary>
    public bool IsComplete(double now, double turnover, double dispersion)
    {
        double length = now - Start;
        return length >= Windows * turnover && Completions >= FewestCompletions && (length >= LongestWindow || (Completions >= WantedCompletions * dispersion && IsSteady(length)));
    }

    /// <summary>Whether it is certain already that less than half as much ends as was expected.</summary>
    /// <param name="now">The time.</param>
    /// <param name="expectedRate">Per second; 0 for "nobody knows".</param>
    /// <param name="dispersion">How much more than a Poisson process the counts vary.</param>
    public bool IsStall(double now, double expectedRate, double dispersion)
    {
        double expected = expectedRate * (now - Start);
        return Completions >= FewestInStall && expected > ExpectedInStall && Completions < expected / 2
            && expected - Completions > StallErrors * Math.Sqrt(expected * Math.Max(1, dispersion));
    }

    public ThroughputPoint Read(double now)
    {
        double successes = Math.Max(_successes, 0.5);
        return new ThroughputPoint(successes / (now - Start), _inFlight / Completions, Completions) { Late = 1 - (successes / Completions), Failed = (double)_failed / (_failed + Completions) };
    }

    /// <summary>By Little's law: while those that run are mostly slow ones that nobody has seen the end of, what ends says nothing of them.</summary>
    private bool IsSteady(double length) => _took >= Explained * length * _inFlight / Completions;
}
