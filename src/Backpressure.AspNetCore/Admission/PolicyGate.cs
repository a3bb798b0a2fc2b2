using Backpressure.AspNetCore.Retries;

namespace Backpressure.AspNetCore.Admission;

/// <summary>One policy's share of the gate: its cap, its queue, its counts. Everything that changes is guarded by the gate's lock.</summary>
internal sealed class PolicyGate
{
    public PolicyGate(string name, int? cap, int queueCapacity, RetryAllowance retries)
    {
        if (cap is int value)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(cap));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(queueCapacity);
        Name = name;
        Cap = cap;
        QueueCapacity = queueCapacity;
        Retries = retries;
    }

    public string Name { get; }

    public int? Cap { get; }

    public int QueueCapacity { get; }

    public RetryAllowance Retries { get; }

    public WaiterQueue Waiting { get; } = new();

    public Tally Tally { get; } = new();

    public int InUse { get; set; }

    /// <summary>Decides about a newcomer: has it time, is there room, may it wait.</summary>
    public Outcome DecideLocked(Waiter waiter, bool hasRoom, TimeSpan now)
    {
        if (waiter.ExpiresAt <= now)
        {
            return Refuse(waiter, ShedReason.DeadlineInfeasible);
        }

        if (hasRoom && Waiting.Count == 0)
        {
            return Outcome.Granted;
        }

        if (waiter.IsRetry && !Retries.TryAdmitRetry(now))
        {
            return Refuse(waiter, ShedReason.RetryBudget);
        }

        if (waiter.Places <= QueueCapacity - Waiting.Places)
        {
            return Outcome.Waiting;
        }

        if (waiter.IsRetry)
        {
            Retries.ReturnRetry(now);
        }

        return Refuse(waiter, ShedReason.QueueFull);
    }

    /// <summary>Settles a waiter that leaves the queue without a permit.</summary>
    public static void TurnAwayLocked(Waiter waiter, Outcome outcome, ShedReason reason, TimeSpan now)
    {
        PolicyGate policy = waiter.Policy;
        waiter.Settle(outcome, now);
        if (outcome == Outcome.Cancelled)
        {
            policy.Tally.Cancelled++;
        }
        else
        {
            waiter.Reason = reason;
            policy.Tally.CountShed(reason, now);
        }

        if (waiter.IsRetry)
        {
            policy.Retries.ReturnRetry(now);
        }
    }

    /// <summary>1 when a request was shed within the last second, else what the fuller of server and policy presses.</summary>
    public double PressureLocked(double serverLoad, TimeSpan now)
    {
        if (Tally.LastShedAt is { } shedAt && now - shedAt < Pressure.SheddingLasts)
        {
            return 1;
        }

        return Pressure.Of(Cap is int cap ? Math.Max(serverLoad, (double)InUse / cap) : serverLoad);
    }

    public PolicyReading ReadLocked() => new(Name, Cap, InUse, Waiting.Count, Waiting.Places, QueueCapacity, Tally.Arrivals, Tally.Admitted, Tally.Cancelled, Tally.CopyShed(), Tally.LastShedAt);

    private static Outcome Refuse(Waiter waiter, ShedReason reason)
    {
        waiter.Reason = reason;
        return Outcome.Shed;
    }
}
