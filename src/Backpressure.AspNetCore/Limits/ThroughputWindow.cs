namespace Backpressure.AspNetCore.Limits;

/// <summary>Counts what ends while the limit stays the same.</summary>
internal sealed class ThroughputWindow
{
    private const double Full = 0.9; // the share of the limit that must be in use, or it holds nobody back

    private double _inFlight;
    private int _successes;
    private int _failuresInARow;

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
        _successes = 0;
        _failuresInARow = 0;
    }

    public void NoteHeld(bool isShed)
    {
        Held++;
        Shed += isShed ? 1 : 0;
    }

    /// <param name="inFlight">How many ran when it ended, itself included.</param>
    /// <param name="succeeded">Whether its caller got what it wanted.</param>
    public void NoteCompletion(int inFlight, bool succeeded)
    {
        Completions++;
        _inFlight += inFlight;
        _successes += succeeded ? 1 : 0;
        _failuresInARow = succeeded ? 0 : _failuresInARow + 1;
    }

    /// <summary>Whether the limit held requests back all the time: only then does it say what the server does at this limit.</summary>
    public bool Binds(int limit) => Held > 0 && _inFlight >= Full * Completions * limit;

    /// <summary>Whether every answer comes too late: so many in a row had no caller any more, and hardly any before.</summary>
    public bool IsFutile(int inARow) => _failuresInARow >= inARow && _successes < (0.1 * Completions) + 2;

    public ThroughputPoint Read(double now, double meanTime) =>
        new(Math.Max(_successes, 0.5) / (now - Start), _inFlight / Completions, Completions, meanTime);
}
