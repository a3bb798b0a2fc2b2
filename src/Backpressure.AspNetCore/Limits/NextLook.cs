namespace Backpressure.AspNetCore.Limits;

/// <summary>Says when to look what another limit would do, and whether a lower or a higher one.</summary>
/// <param name="known">What is known of the server.</param>
/// <param name="minimum">The lowest limit.</param>
internal sealed class NextLook(Knowledge known, int minimum)
{
    private const double MostRise = 8; // of the limit, where the server became slower
    private const double Impatient = 0.1; // share of the answers that come too late: more must not wait inside
    private const double LeastDip = 0.85; // of the limit: less of a step tells nothing

    /// <summary>Judges a window under the limit that is there to stay, and says where to look next, if it is time.</summary>
    public LimitMove? After(LimitView view)
    {
        ThroughputPoint point = view.Point;
        if (known.Cliff.IsUnverified && !known.Cliff.IsBack(point.Rate))
        {
            known.Doubt(view.Now, known.Knee.Value, variance: 1);
            known.Stall.IsSuspected = true;
        }

        (bool mayStall, bool isLess) = (known.Stall.IsSuspected || known.Cliff.IsNear(view.Limit), point.Done < known.Usual.Done);
        if (!known.Usual.Add(point, view.Length, view.Times))
        {
            known.BeginAnew(view.Now, mayStall && isLess);
            return null;
        }

        known.Step.WasUp &= known.Usual.SeemsLower;
        if (!known.Budget.IsDue(view.Now) || !view.Sheds)
        {
            return null; // while nobody is refused, fewer in flight would only make somebody wait
        }

        bool isLeast = minimum > LeastDip * view.Permits;
        bool looksUp = (known.Usual.SeemsLower && point.Late < Impatient && !mayStall && !known.Step.WasUp) || isLeast;
        double highest = looksUp ? Math.Min(view.Highest, known.Cliff.Cap(view.Now, view.Permits * MostRise)) : 0;
        looksUp = looksUp && highest > view.Permits / LeastDip; // else there is a bound just above, and nothing to see
        if (isLeast && !looksUp)
        {
            known.Budget.WaitUntil(view.Now + (LimitJudge.QuietTurnovers * view.Times.Turnover));
            return null;
        }

        known.Budget.BeginStep(view.Now);
        double shortfall = known.Stall.Asks(!looksUp) ? 0 : known.Usual.TakeShortfall(point);
        return looksUp
            ? known.Step.Up(view, known.Usual.Present!.Value, Math.Min(highest, view.Permits * Math.Clamp(shortfall, 2, MostRise))) // to do as much as before, if requests only take longer
            : known.Step.Down(view, known.Usual.Present!.Value);
    }
}
