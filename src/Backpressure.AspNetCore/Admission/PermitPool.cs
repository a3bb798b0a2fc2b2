namespace Backpressure.AspNetCore.Admission;

/// <summary>Counts the permits of the server and of its policies, and knows who may have the next one. Everything in it is guarded by the gate's lock.</summary>
internal sealed class PermitPool
{
    private readonly List<PolicyGate> _policies = [];

    public PermitPool(int limit) => Limit = limit;

    public int Limit { get; }

    public int InUse { get; private set; }

    public double Load => (double)InUse / Limit;

    public void Add(PolicyGate policy) => _policies.Add(policy);

    /// <summary>The most permits that a request of the policy can ever hold.</summary>
    public int MostFor(PolicyGate policy) => Math.Min(Limit, policy.Cap ?? Limit);

    /// <summary>Whether the permits are free; a cost of zero takes none and asks whether one is.</summary>
    public bool HasRoom(PolicyGate policy, int cost)
    {
        int needed = Math.Max(cost, 1);
        return InUse <= Limit - needed && (policy.Cap is not int cap || policy.InUse <= cap - needed);
    }

    public void Take(PolicyGate policy, int cost)
    {
        InUse += cost;
        policy.InUse += cost;
        policy.Tally.Admitted++;
    }

    public void GiveBack(PolicyGate policy, int cost)
    {
        InUse -= cost;
        policy.InUse -= cost;
    }

    /// <summary>The waiter that came first, over all policies whose cap leaves room for it.</summary>
    public Waiter? OldestServable()
    {
        Waiter? oldest = null;
        foreach (PolicyGate policy in _policies)
        {
            if (policy.Waiting.First is { } first && HasRoom(policy, first.Cost) && (oldest is null || first.ArrivalNumber < oldest.ArrivalNumber))
            {
                oldest = first;
            }
        }

        return oldest;
    }

    public GateReading Read() => new(Limit, InUse, [.. _policies.Select(policy => policy.ReadLocked())]);
}
