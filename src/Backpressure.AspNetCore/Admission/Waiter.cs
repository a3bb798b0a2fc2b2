namespace Backpressure.AspNetCore.Admission;

/// <summary>A request that the gate may let wait; it is its own node in the queue, so that leaving costs nothing (C5, B6).</summary>
internal abstract class Waiter
{
    protected Waiter(PolicyGate policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        Policy = policy;
    }

    public PolicyGate Policy { get; }

    /// <summary>The permits it needs; the gate clamps them to the limit, so that an oversized request runs alone.</summary>
    public int Cost { get; set; } = 1;

    /// <summary>The places that it takes in the queue.</summary>
    public int Places { get; init; } = 1;

    public bool IsRetry { get; init; }

    /// <summary>When its wait ends: the deadline or the longest wait, whichever comes first.</summary>
    public TimeSpan ExpiresAt { get; init; } = TimeSpan.MaxValue;

    // Written by the gate under its lock; to be read once Complete was called, or when Enqueue answered anything but Waiting.
    public Outcome Outcome { get; internal set; }

    public ShedReason Reason { get; internal set; }

    public TimeSpan EnqueuedAt { get; internal set; }

    public TimeSpan DecidedAt { get; internal set; }

    internal long ArrivalNumber { get; set; }

    internal Waiter? Previous { get; set; }

    internal Waiter? Next { get; set; }

    /// <summary>Ends the wait. Whoever decides may have read the clock before the waiter's own thread did, and no wait is shorter than nothing.</summary>
    internal void Settle(Outcome outcome, TimeSpan now)
    {
        Outcome = outcome;
        DecidedAt = now > EnqueuedAt ? now : EnqueuedAt;
    }

    /// <summary>Wakes whoever waits, once, outside the gate's lock, after <see cref="Outcome"/> was decided.</summary>
    public abstract void Complete();
}
