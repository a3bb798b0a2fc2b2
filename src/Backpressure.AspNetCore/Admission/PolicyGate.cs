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

    public PolicyReading ReadLocked() => new(Name, Cap, InUse, Waiting.Count, Waiting.Places, QueueCapacity, Tally.Arrivals, Tally.Admitted, Tally.Cancelled, Tally.CopyShed(), Tally.LastShedAt);
}
