namespace Backpressure.AspNetCore.Limits;

/// <summary>A step of the limit, and what it is compared with.</summary>
internal sealed class LimitStep
{
    private const double More = 1.1;

    /// <summary>What the server did before.</summary>
    public ThroughputPoint Before { get; private set; }

    /// <summary>The limit before.</summary>
    public double BeforeLimit { get; private set; }

    /// <summary>Whether the last look was upwards, and in vain: the next one tells more if it is not. Until the server does again what it did: then it is settled what that look asked.</summary>
    public bool WasUp { get; set; }

    /// <summary>A look upwards was cut short, and has shown nothing.</summary>
    /// <returns>The limit before.</returns>
    public double Abandon()
    {
        WasUp = false;
        return BeforeLimit;
    }

    /// <summary>Back to the limit before.</summary>
    public LimitMove Undo => new(BeforeLimit, LimitPhase.Base, LimitReason.Return);

    /// <summary>Whether clearly more is done than before, although the limit holds nobody back any more.</summary>
    public bool DoesMore(LimitView view) => !view.HasPause && view.Point.Done > Before.Done * More;

    public Contrast Compare(LimitView view, double dispersion) =>
        view.Phase == LimitPhase.Dip ? new Contrast(view.Point, Before, dispersion) : new Contrast(Before, view.Point, dispersion);

    public LimitMove Down(LimitView view, ThroughputPoint before)
    {
        Before = before;
        BeforeLimit = view.Limit;
        WasUp = false;
        return new LimitMove(view.Half, LimitPhase.Dip, LimitReason.ProbeDown);
    }

    public LimitMove Up(LimitView view, ThroughputPoint before, double target)
    {
        Before = before;
        BeforeLimit = view.Limit;
        WasUp = true;
        return new LimitMove(target, LimitPhase.Probe, LimitReason.ProbeUp);
    }

    /// <summary>A step upwards is itself a contrast to what is known now.</summary>
    public LimitMove To(LimitView view, double target, Contrast contrast, double high, LimitReason reason)
    {
        Before = contrast.Possible;
        BeforeLimit = high;
        WasUp = false;
        return new LimitMove(target, Math.Floor(Math.Min(target, view.Highest)) > Math.Floor(high) ? LimitPhase.Climb : LimitPhase.Base, reason);
    }
}
