namespace Backpressure.AspNetCore.Admission;

/// <summary>A request at the gate. It is its own node in the queue, so that waiting allocates nothing and leaving costs nothing (C5, B6); once decided and completed it may be used anew.</summary>
internal abstract class Waiter
{
    private volatile Outcome _outcome;

    /// <summary>Who governs it; to be set before it enters.</summary>
    public PolicyGate Policy { get; set; } = null!;

    /// <summary>The permits that it asks for; an oversized request is granted as many as there are, and runs alone.</summary>
    public int Cost { get; set; } = 1;

    /// <summary>The places that it takes in the queue.</summary>
    public int Places { get; init; } = 1;

    public Criticality Criticality { get; set; }

    public bool IsRetry { get; set; }

    /// <summary>When its time is over; the largest value for never.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.MaxValue;

    // Written by the gate, under its lock once the request waits; to be read when Complete was called, or when Enter answered anything but Waiting. Who sees an outcome sees when it was decided.
    public Outcome Outcome
    {
        get => _outcome;
        internal set => _outcome = value;
    }

    public ShedReason Reason { get; internal set; }

    /// <summary>The permits that it was granted, and gives back.</summary>
    public int Permits { get; internal set; }

    public TimeSpan EnqueuedAt { get; internal set; }

    /// <summary>When its wait ends: the deadline or the longest wait, whichever comes first.</summary>
    public TimeSpan ExpiresAt { get; internal set; }

    public TimeSpan DecidedAt { get; internal set; }

    public TimeSpan TimeInQueue => DecidedAt - EnqueuedAt;

    internal int Lane => Lanes.Of(Criticality);

    internal long ArrivalNumber { get; set; }

    internal Waiter? Previous { get; set; }

    internal Waiter? Next { get; set; }

    /// <summary>Wakes whoever waits, once, outside the gate's lock, after <see cref="Outcome"/> was decided.</summary>
    public abstract void Complete();

    /// <summary>It comes to the gate.</summary>
    internal void Arrive(TimeSpan now)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Cost, "cost"); // it would add permits (B21)
        if (!IsRetry)
        {
            Policy.Retries?.CountArrival(now);
        }
    }

    /// <summary>It got its permits, which are taken and counted.</summary>
    internal Outcome Grant(int permits, TimeSpan now)
    {
        Permits = permits;
        if (!IsRetry)
        {
            Policy.Retries?.CountFirstAttempt(now);
        }

        return Settle(Outcome.Granted, now);
    }

    /// <summary>It may not even wait.</summary>
    internal Outcome Refuse(ShedReason reason, TimeSpan now)
    {
        Reason = reason;
        CountShed(reason, now);
        return Settle(Outcome.Shed, now);
    }

    /// <summary>It leaves the queue without permits.</summary>
    internal void TurnAway(Outcome outcome, ShedReason reason, TimeSpan now)
    {
        Settle(outcome, now);
        ReturnRetry(now, EnqueuedAt);
        if (outcome == Outcome.Cancelled)
        {
            Policy.Tally.CountCancelled();
        }
        else
        {
            Reason = reason;
            CountShed(reason, now);
        }
    }

    /// <summary>Gives the retry budget back what it took at some time and did not use.</summary>
    internal void ReturnRetry(TimeSpan now, TimeSpan takenAt)
    {
        if (IsRetry)
        {
            Policy.Retries?.ReturnRetry(now, takenAt);
        }
    }

    private void CountShed(ShedReason reason, TimeSpan now)
    {
        Policy.Tally.CountShed(reason, now);
        Policy.Steering.NoteHeld(Cost, isShed: true);
    }

    // Whoever decides may have read the clock before the waiter's own thread did, and no wait is shorter than nothing.
    private Outcome Settle(Outcome outcome, TimeSpan now)
    {
        EnqueuedAt = Outcome == Outcome.Waiting ? EnqueuedAt : now;
        DecidedAt = now > EnqueuedAt ? now : EnqueuedAt;
        Outcome = outcome;
        return outcome;
    }
}
