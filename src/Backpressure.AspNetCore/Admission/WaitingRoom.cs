namespace Backpressure.AspNetCore.Admission;

/// <summary>Decides whatever concerns waiters: who may wait, who is next, who must go. Everything in it is guarded by the gate's lock.</summary>
internal sealed class WaitingRoom
{
    private readonly Permits _permits;
    private readonly Ranking _ranking;
    private long _arrivalNumber;

    public WaitingRoom(Permits permits, bool honoursAge)
    {
        _permits = permits;
        _ranking = new Ranking(honoursAge);
    }

    public IReadOnlyList<PolicyGate> Policies => _ranking.Policies;

    public void Add(PolicyGate policy) => _ranking.Add(policy);

    /// <summary>Lets a newcomer run, wait, or neither.</summary>
    public Outcome Enter(Waiter waiter, TimeSpan now, ref WaiterChain decided)
    {
        PolicyGate policy = waiter.Policy;
        if (waiter.Deadline <= now)
        {
            return waiter.Refuse(ShedReason.DeadlineInfeasible, now);
        }

        if ((_permits.IsHeld && _permits.HasRoom(1)) || (policy.Cap is not null && policy.Waiting.Count > 0))
        {
            Pump(now, ref decided); // what was returned a moment ago, by whoever waits for the lock now, belongs to those who were there
        }

        policy.ObserveLocked(now, MostFor(policy));
        bool isNext = IsNext(waiter);
        if (isNext && _permits.TryTakeHeld(policy.Charge(waiter.Cost), out int permits))
        {
            policy.CountGrant(permits);
            return waiter.Grant(permits, now);
        }

        if (waiter.IsRetry && policy.Retries?.TryAdmitRetry(now) == false)
        {
            return waiter.Refuse(ShedReason.RetryBudget, now);
        }

        bool someLeft = TurnStaleAway(policy, now, ref decided);
        ShedReason? reason = WhyNot(waiter, now);
        if (reason is { } refusal)
        {
            waiter.ReturnRetry(now);
            waiter.Refuse(refusal, now);
        }
        else
        {
            while (Displacement.Lacking(waiter) > 0)
            {
                TurnAway(Displacement.Next(waiter), Outcome.Shed, ShedReason.Displaced, now, ref decided);
                someLeft = true;
            }

            waiter.ArrivalNumber = _arrivalNumber++;
            policy.AppendLocked(waiter, now, MostFor(policy));
            Interlocked.MemoryBarrier(); // whoever returns a permit of a cap looks for waiters afterwards; here it is the other way round
        }

        if (someLeft || (reason is null && (isNext || policy.Cap is not null)))
        {
            Pump(now, ref decided); // holds the permits for it, or finds that room was made meanwhile
        }

        return reason is null ? Outcome.Waiting : Outcome.Shed;
    }

    /// <summary>Grants by rank whatever fits, and turns away those whose time is over.</summary>
    public void Pump(TimeSpan now, ref WaiterChain decided)
    {
        foreach (PolicyGate policy in _ranking.Policies)
        {
            policy.ObserveLocked(now, MostFor(policy));
        }

        while (_ranking.Next() is { } waiter)
        {
            if (waiter.ExpiresAt <= now)
            {
                TurnAway(waiter, Outcome.Shed, ShedReason.QueueTimeout, now, ref decided); // its timer is late; a permit would be wasted on it
                continue;
            }

            if (!_permits.TryTakeOrHold(waiter.Policy.Charge(waiter.Cost), out int permits))
            {
                return;
            }

            waiter.Policy.RemoveLocked(waiter);
            waiter.Policy.CountGrant(permits);
            waiter.Policy.NoteGrantLocked(now);
            _ranking.NoteGrant();
            waiter.Grant(permits, now);
            decided.Append(waiter);
        }

        _permits.LetGo();
    }

    /// <summary>After a return: grants first, so that nobody is shed for whom there is room, then turns away who has waited too long in a standing queue.</summary>
    public void PumpAndTidy(TimeSpan now, ref WaiterChain decided)
    {
        Pump(now, ref decided);
        bool someLeft = false;
        foreach (PolicyGate policy in _ranking.Policies)
        {
            someLeft |= TurnStaleAway(policy, now, ref decided);
        }

        if (someLeft)
        {
            Pump(now, ref decided); // a dear one may have been what the others waited behind
        }
    }

    /// <summary>Takes a waiter out without a permit; a dear one may have been what kept cheaper ones behind it (B3, B21, C18).</summary>
    public void Remove(Waiter waiter, Outcome outcome, ShedReason reason, TimeSpan now, ref WaiterChain decided)
    {
        TurnAway(waiter, outcome, reason, now, ref decided);
        Pump(now, ref decided);
    }

    /// <summary>Takes out every waiter of a policy.</summary>
    public void Dismiss(PolicyGate policy, ShedReason reason, TimeSpan now, ref WaiterChain decided)
    {
        while (policy.Waiting.Oldest is { } waiter)
        {
            TurnAway(waiter, Outcome.Shed, reason, now, ref decided);
        }

        Pump(now, ref decided);
    }

    /// <summary>Exchanges the settings of a policy; those above a smaller capacity make place, the newest of the lowest lane first.</summary>
    public void Configure(PolicyGate policy, PolicySettings settings, TimeSpan now, ref WaiterChain decided)
    {
        policy.SetLocked(settings);
        while (policy.Waiting.Places > settings.QueueCapacity)
        {
            TurnAway(policy.Waiting[policy.Waiting.Lowest].Last!, Outcome.Shed, ShedReason.Displaced, now, ref decided);
        }

        Pump(now, ref decided);
    }

    private static void TurnAway(Waiter waiter, Outcome outcome, ShedReason reason, TimeSpan now, ref WaiterChain decided)
    {
        waiter.Policy.RemoveLocked(waiter);
        waiter.TurnAway(outcome, reason, now);
        decided.Append(waiter);
    }

    private int MostFor(PolicyGate policy) => Math.Min(_permits.Limit, policy.Cap ?? int.MaxValue);

    private bool IsNext(Waiter waiter)
    {
        PolicyGate policy = waiter.Policy;
        return policy.HasCapRoom(waiter.Cost) && !policy.IsBehindLocked(waiter.Lane) && !(_permits.IsHeld && _ranking.IsAnyoneBefore(waiter));
    }

    private static ShedReason? WhyNot(Waiter waiter, TimeSpan now)
    {
        if (Displacement.Lacking(waiter) > Displacement.Available(waiter))
        {
            return ShedReason.QueueFull;
        }

        return waiter.Policy.IsInfeasibleLocked(waiter, now) ? ShedReason.DeadlineInfeasible : null;
    }

    private bool TurnStaleAway(PolicyGate policy, TimeSpan now, ref WaiterChain decided)
    {
        bool any = false;
        while (policy.StaleLocked(now, MostFor(policy)) is { } stale)
        {
            TurnAway(stale, Outcome.Shed, ShedReason.QueueTimeout, now, ref decided);
            any = true;
        }

        return any;
    }
}
