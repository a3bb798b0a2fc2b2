namespace Backpressure.Http.Client;

/// <summary>Chooses how long to wait before a retry.</summary>
internal sealed class BackOff
{
    private const double LongestStretch = 1.25;

    private readonly TimeSpan _baseDelay;
    private readonly TimeSpan _maximumDelay;
    private readonly Jitter _jitter;

    public BackOff(BackpressureHandlerOptions options, Jitter jitter)
    {
        _baseDelay = options.BaseDelay;
        _maximumDelay = options.MaximumDelay;
        _jitter = jitter;
    }

    /// <summary>
    /// Exponential with full jitter; what the server asked for is a minimum, stretched by up to a quarter.
    /// </summary>
    /// <param name="retry">Counts from 1.</param>
    /// <param name="asked">The delay that the server named, if it did.</param>
    public TimeSpan Next(int retry, TimeSpan? asked)
    {
        double longest = Math.Min(_maximumDelay.Ticks, _baseDelay.Ticks * Math.Pow(2, retry - 1));
        var own = new TimeSpan((long)_jitter.Between(0, longest));
        if (asked is not TimeSpan minimum)
        {
            return own;
        }

        var stretched = new TimeSpan((long)Math.Ceiling(_jitter.Between(minimum.Ticks, minimum.Ticks * LongestStretch)));
        return stretched > own ? stretched : own;
    }
}
