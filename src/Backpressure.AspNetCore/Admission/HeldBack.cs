namespace Backpressure.AspNetCore.Admission;

/// <summary>Notes that requests were held back by a limit since its algorithm was told of that last. Noting takes no lock.</summary>
internal sealed class HeldBack
{
    private volatile bool _hasHeld;
    private volatile bool _hasShed;
    private volatile int _leftOver;

    /// <summary>The permits that were too few for whoever was held back last.</summary>
    public int LeftOver => _leftOver;

    /// <summary>A request could not run at once, or will not run at all.</summary>
    /// <param name="cost">The permits that it asked for.</param>
    /// <param name="isShed">Whether it was refused; else it waits.</param>
    /// <param name="steered">The limit that may have been what held it.</param>
    public void Note(int cost, bool isShed, ISteered steered)
    {
        bool hasHeld = _hasHeld;
        int known = _leftOver;
        if ((hasHeld && known == 0 && (_hasShed || !isShed)) || steered.LeftOver(Math.Max(1, cost)) is not int leftOver)
        {
            return; // known, or it was another limit that held it
        }

        if (!hasHeld || leftOver < known)
        {
            _leftOver = leftOver;
        }

        if (isShed)
        {
            _hasShed = true;
        }

        _hasHeld = true; // last: whoever takes it sees what kind it was
    }

    /// <summary>Whether anybody was held back since this was asked last. One call at a time.</summary>
    /// <param name="isShed">Whether anybody of them was refused.</param>
    public bool Take(out bool isShed)
    {
        bool hasHeld = _hasHeld;
        isShed = false;
        if (hasHeld)
        {
            _hasHeld = false;
            isShed = _hasShed;
            _hasShed = false;
        }

        return hasHeld;
    }

    /// <summary>The limit is another one: what was left over of it is not any more.</summary>
    public void ForgetLeftOver() => _leftOver = 0;
}
