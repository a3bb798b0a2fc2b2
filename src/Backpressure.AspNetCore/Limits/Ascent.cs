namespace Backpressure.AspNetCore.Limits;

/// <summary>How far the limit climbs where there is room: farther each time in a row, and carefully where something is known.</summary>
internal sealed class Ascent
{
    private const double SmallStep = 1.4;
    private const double Step = 2;
    private const double Leap = 4;

    private int _inARow;

    /// <param name="isSmall">Whether the knee was known well, so that it cannot be far.</param>
    /// <param name="nearsCliff">Whether the throughput is known to fall farther up.</param>
    /// <param name="isBound">Whether there is a bound that forbids it: it says how far to follow when that is lifted, step by step.</param>
    public double NextFactor(bool isSmall, bool nearsCliff, bool isBound)
    {
        bool isFirst = _inARow++ == 0 && !isBound;
        if (isFirst)
        {
            return isSmall ? SmallStep : Step;
        }

        return nearsCliff ? Step : Leap;
    }

    public void End() => _inARow = 0;
}
