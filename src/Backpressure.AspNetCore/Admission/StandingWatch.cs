namespace Backpressure.AspNetCore.Admission;

/// <summary>Tells a queue that absorbs a burst from one that stands: not empty for a whole interval means that waiting gains nothing any more.</summary>
/// <remarks>The idea is that of the ACM Queue article "Fail at Scale" and of CoDel (RFC 8289): what matters is not how long the queue is but whether it drains. Guarded by the gate's lock.</remarks>
internal sealed class StandingWatch
{
    private TimeSpan _occupiedSince;
    private bool _isOccupied;
    private TimeSpan _windowStart; // meaningful while standing
    private bool _sawEmpty; // likewise: in the present window

    public bool IsStanding { get; private set; }

    /// <summary>Since when the queue has not been empty; meaningful while it is not.</summary>
    public TimeSpan OccupiedSince => _occupiedSince;

    /// <summary>Somebody waits.</summary>
    public void Occupy(TimeSpan now)
    {
        if (!_isOccupied)
        {
            _isOccupied = true;
            _occupiedSince = now;
        }
    }

    /// <summary>Nobody waits any more.</summary>
    public void Empty()
    {
        _isOccupied = false;
        _sawEmpty = true;
    }

    /// <summary>Brings the judgement up to date. It begins when the queue was not empty for an interval, and ends after an interval in which it was empty at a moment.</summary>
    public void Observe(TimeSpan now, TimeSpan interval)
    {
        if (IsStanding && now - _windowStart >= interval)
        {
            IsStanding = !_sawEmpty;
            _windowStart = now;
            _sawEmpty = false;
        }

        if (!IsStanding && _isOccupied && now - _occupiedSince >= interval)
        {
            IsStanding = true;
            _windowStart = now;
            _sawEmpty = false;
        }
    }
}
