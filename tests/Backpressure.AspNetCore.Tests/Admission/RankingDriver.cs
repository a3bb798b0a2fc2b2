using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>Puts waiters in the order of their arrival before a ranking, whose server has a limit of 4.</summary>
internal sealed class RankingDriver
{
    private readonly Ranking _ranking;
    private long _arrivals;

    public RankingDriver(bool honoursAge = true) => _ranking = new Ranking(Permits, honoursAge);

    public Permits Permits { get; } = new(4);

    public PolicyGate Add(int? cap = null, QueueOrder order = QueueOrder.OldestFirst)
    {
        PolicyGate policy = new("any", new PolicySettings { Cap = cap, Order = order }, retries: null);
        _ranking.Add(policy);
        return policy;
    }

    public TestWaiter Wait(PolicyGate policy, Criticality criticality = Criticality.Normal, int cost = 1)
    {
        TestWaiter waiter = Newcomer(policy, criticality, cost);
        policy.Waiting.Append(waiter);
        return waiter;
    }

    public TestWaiter Newcomer(PolicyGate policy, Criticality criticality = Criticality.Normal, int cost = 1) =>
        new(policy) { Criticality = criticality, Cost = cost, ArrivalNumber = _arrivals++ };

    /// <summary>So many grants go to requests of a policy in which nobody waits.</summary>
    public void NoteGrants(int grants)
    {
        PolicyGate elsewhere = new("elsewhere", new PolicySettings(), retries: null);
        for (int i = 0; i < grants; i++)
        {
            _ranking.NoteGrant(elsewhere, isOldest: false);
        }
    }

    public Waiter? Next(TestWaiter? newcomer = null) => _ranking.Next(newcomer);

    /// <summary>All who wait, in the order in which they are next, without the turns of the longest.</summary>
    public List<Waiter> TakeAll()
    {
        List<Waiter> taken = [];
        while (_ranking.Next() is { } next)
        {
            next.Policy.Waiting.Remove(next);
            taken.Add(next);
        }

        return taken;
    }
}
