namespace Backpressure.AspNetCore.Retries;

/// <summary>How many tickets a number of first attempts allows, in whole numbers, so that nothing drifts.</summary>
internal sealed class TicketTerms
{
    private const long Whole = 1_000_000;

    private static readonly TimeSpan ShortestWindow = TimeSpan.FromMilliseconds(100);

    private readonly long _perAttempt; // in millionths of a ticket, like the next one
    private readonly long _perWindow;

    /// <exception cref="ArgumentOutOfRangeException">What is no ratio, pace or window.</exception>
    public TicketTerms(RetryBudgetOptions options)
    {
        if (!(options.Ratio is >= 0 and <= 1) || !(options.MinimumPerSecond is >= 0 and <= 100_000) || options.Window < ShortestWindow)
        {
            throw new ArgumentOutOfRangeException(nameof(options), $"Ratio {options.Ratio}, MinimumPerSecond {options.MinimumPerSecond}, Window {options.Window}: one of them is out of range.");
        }

        _perAttempt = (long)Math.Round(options.Ratio * Whole);
        _perWindow = (long)Math.Round(options.MinimumPerSecond * options.Window.TotalSeconds * Whole);
    }

    /// <summary>The tickets of a window in which so many first attempts came.</summary>
    public long Allow(long attempts) => Math.Max(_perAttempt * attempts, _perWindow) / Whole;
}
