namespace Backpressure.AspNetCore.Admission;

/// <summary>What the gate must know of a policy. May be exchanged at run time, as a whole.</summary>
internal sealed record PolicySettings
{
    /// <summary>How many permits the policy may hold; <see langword="null"/> for no cap of its own.</summary>
    public int? Cap { get; init; }

    /// <summary>How many may wait.</summary>
    public int QueueCapacity { get; init; } = 100;

    public QueueOrder Order { get; init; } = QueueOrder.OldestFirst;

    /// <summary>How long a request may wait; infinite for its deadline alone.</summary>
    public TimeSpan MaximumWait { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Whether a newcomer at a full queue takes the place of those who waited longest, as the framework's limiters do it newest first.</summary>
    public bool EvictsOldest { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A value that no gate can work with.</exception>
    public void Check()
    {
        if (Cap is int cap)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(cap, 1, nameof(Cap));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(QueueCapacity, nameof(QueueCapacity));
    }

    /// <summary>When a wait that begins now must end.</summary>
    public TimeSpan WaitEndsAt(TimeSpan now, TimeSpan deadline)
    {
        if (MaximumWait == Timeout.InfiniteTimeSpan || MaximumWait > TimeSpan.MaxValue - now)
        {
            return deadline; // T7
        }

        TimeSpan end = now + MaximumWait;
        return end < deadline ? end : deadline;
    }
}
