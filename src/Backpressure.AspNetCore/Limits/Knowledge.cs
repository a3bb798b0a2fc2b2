namespace Backpressure.AspNetCore.Limits;

/// <summary>What is known of the server, and what was done to learn it.</summary>
/// <param name="initial">The limit to begin with.</param>
internal sealed class Knowledge(double initial)
{
    public Knee Knee { get; } = new(initial);

    public UsualThroughput Usual { get; } = new();

    public Cliff Cliff { get; } = new();

    public Stall Stall { get; } = new();

    public LookBudget Budget { get; } = new();

    public Ascent Ascent { get; } = new();

    public LimitStep Step { get; } = new();

    /// <summary>What was known of the knee is wrong.</summary>
    public void Doubt(double now, double knee, double variance)
    {
        Ascent.End();
        Budget.Hurry(now);
        Knee.Set(knee, variance);
    }

    /// <summary>The server is another one now, or stalls.</summary>
    public void BeginAnew(double now, bool mayStall = false)
    {
        Doubt(now, Knee.Value, variance: 1);
        Stall.IsSuspected = mayStall;
        Cliff.ForgetUnless(mayStall);
    }
}
