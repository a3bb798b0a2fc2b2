namespace Backpressure.AspNetCore.Limits;

/// <summary>What is known of the server, and what was done to learn it.</summary>
/// <param name="initial">The limit to begin with.</param>
internal sealed class Knowledge(double initial)
{
    private const double GuessVariance = 0.25;

    public Knee Knee { get; } = new(initial);

    public UsualThroughput Usual { get; } = new();

    public Cliff Cliff { get; } = new();

    public Stall Stall { get; } = new();

    public LookBudget Budget { get; } = new();

    public Ascent Ascent { get; } = new();

    public LimitStep Step { get; } = new();

    /// <summary>The share of those that end which is not the fault of a step, though it fails. Without a step it may be any.</summary>
    public double FailsUsually(LimitPhase phase) => phase == LimitPhase.Base ? 1 : Step.Before.Failed;

    /// <summary>What was known of the knee is wrong, and it may be here.</summary>
    public void Guess(double now, double knee) => Doubt(now, knee, GuessVariance);

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
