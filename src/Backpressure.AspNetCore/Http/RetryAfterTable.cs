namespace Backpressure.AspNetCore.Http;

/// <summary>The header values of the waits that the refusals of a policy usually ask for, made once: such a refusal formats nothing.</summary>
/// <remarks>
/// The steps are small beside the spread of a draw whatever the longest wait is, so that nobody returns in herds (C22): at most 8 ms, or 1/8192 of the shortest wait where that is more.
/// So the table reaches at least a minute beyond the shortest wait, and to twice that wait; what is above is formatted for each refusal, to the millisecond.
/// </remarks>
internal sealed class RetryAfterTable
{
    private const int Most = 8192; // steps
    private const int Few = 4096; // so many take bounds that are close together, in finer steps than need be
    private const long Step = 8; // milliseconds

    private readonly TimeSpan _minimum;
    private readonly TimeSpan _maximum;
    private readonly long _first; // the bounds and the step in milliseconds
    private readonly long _last;
    private readonly long _step;
    private readonly RetryAfterValue[] _values;

    public RetryAfterTable(TimeSpan minimum, TimeSpan maximum)
    {
        _minimum = minimum;
        _maximum = maximum;
        _first = UpToMilliseconds(minimum);
        _last = Math.Max(_first, (long)maximum.TotalMilliseconds);
        _step = Math.Min(((_last - _first) / Few) + 1, Math.Max(Step, UpToSteps(_first, Most)));
        _values = new RetryAfterValue[Math.Min(UpToSteps(_last - _first, _step), Most) + 1];
        string seconds = "";
        for (int i = 0; i < _values.Length; i++)
        {
            RetryAfterValue value = RetryAfterValue.Of(TimeSpan.FromMilliseconds(Math.Min(_first + (i * _step), _last)));
            seconds = value.Seconds == seconds ? seconds : value.Seconds;
            _values[i] = value with { Seconds = seconds }; // one string for the many waits within a second
        }
    }

    /// <summary>Draws a wait.</summary>
    /// <param name="drain">How long the queue needs to drain.</param>
    /// <param name="shedding">How long the server has been refusing without a pause.</param>
    /// <param name="draw">A number from 0 to 1.</param>
    public RetryAfterValue Draw(TimeSpan drain, TimeSpan shedding, double draw)
    {
        (TimeSpan from, TimeSpan to) = RetryAfter.Span(drain, shedding, _minimum, _maximum);
        return Find(Math.Min(UpToMilliseconds(from + ((to - from) * draw)), _last));
    }

    /// <summary>Draws a wait that is not shorter than a limiter of the application asks for, even where that is above the policy's bounds.</summary>
    public RetryAfterValue DrawAbove(TimeSpan asked, double draw)
    {
        if (asked <= _minimum)
        {
            return Draw(TimeSpan.Zero, TimeSpan.Zero, draw);
        }

        TimeSpan spread = asked * 1.25; // those whom it refused must not return together (C22)
        (TimeSpan from, TimeSpan to) = RetryAfter.Span(asked, TimeSpan.Zero, asked, spread > _maximum ? spread : _maximum);
        return Find(UpToMilliseconds(from + ((to - from) * draw)));
    }

    // Upwards: nobody comes earlier than was drawn.
    private RetryAfterValue Find(long milliseconds)
    {
        long entry = milliseconds > _first ? UpToSteps(milliseconds - _first, _step) : 0;
        return milliseconds <= _last && entry < _values.Length ? _values[entry] : RetryAfterValue.Of(TimeSpan.FromMilliseconds(milliseconds));
    }

    private static long UpToMilliseconds(TimeSpan wait) => UpToSteps(wait.Ticks, TimeSpan.TicksPerMillisecond);

    private static long UpToSteps(long length, long step) => (length + step - 1) / step;
}
