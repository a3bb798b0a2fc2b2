namespace Backpressure.AspNetCore.Http;

/// <summary>The header values of all waits that the refusals of a policy may ask for, made once: a refusal formats nothing.</summary>
internal sealed class RetryAfterTable
{
    private const int Most = 4096; // entries: with the default bounds one for each 8 ms

    private readonly TimeSpan _minimum;
    private readonly TimeSpan _maximum;
    private readonly long _first;
    private readonly long _step;
    private readonly RetryAfterValue[] _values;

    public RetryAfterTable(TimeSpan minimum, TimeSpan maximum)
    {
        _minimum = minimum;
        _maximum = maximum;
        _first = (long)Math.Ceiling(minimum.TotalMilliseconds);
        long last = Math.Max(_first, (long)maximum.TotalMilliseconds);
        _step = Math.Max(1, ((last - _first) / Most) + 1);
        _values = new RetryAfterValue[((last - _first) / _step) + 1];
        for (int i = 0; i < _values.Length; i++)
        {
            _values[i] = RetryAfterValue.Of(TimeSpan.FromMilliseconds(_first + (i * _step)));
        }
    }

    /// <summary>Draws a wait.</summary>
    /// <param name="drain">How long the queue needs to drain.</param>
    /// <param name="shedding">How long the server has been refusing without a pause.</param>
    /// <param name="draw">A number from 0 to 1.</param>
    public RetryAfterValue Draw(TimeSpan drain, TimeSpan shedding, double draw)
    {
        (TimeSpan from, TimeSpan to) = RetryAfter.Span(drain, shedding, _minimum, _maximum);
        double beyond = (from.Ticks + ((to.Ticks - from.Ticks) * draw)) - (_first * TimeSpan.TicksPerMillisecond);
        int entry = (int)Math.Ceiling(beyond / (_step * TimeSpan.TicksPerMillisecond)); // upwards: nobody comes earlier than was drawn
        return _values[Math.Clamp(entry, 0, _values.Length - 1)];
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
        return RetryAfterValue.Of(TimeSpan.FromMilliseconds(Math.Ceiling((from + ((to - from) * draw)).TotalMilliseconds)));
    }
}
