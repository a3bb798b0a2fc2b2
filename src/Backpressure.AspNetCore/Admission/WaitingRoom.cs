namespace Backpressure.AspNetCore.Admission;

/// <summary>Serves those who wait, and turns away those who may not wait any longer. Everything in it is guarded by the gate's lock.</summary>
internal sealed class WaitingRoom
{
    private readonly Permits _permits;
    private readonly Ranking _ranking;

    public WaitingRoom(Permits permits, Ranking ranking)
    {
        _permits = permits;
        _ranking = ranking;
    }

    /// <summary>Grants by rank whatever fits, and turns away those whose time is over.</summary>
    /// <returns>Whether it decided anybody.</returns>
    public bool Pump(TimeSpan now, ref WaiterChain decided)
    {
        foreach (PolicyGate policy in _ranking.Policies)
        {
            policy.ObserveLocked(now, MostFor(policy));
        }

        bool any = false;
        while (_ranking.Next() is { } waiter)
        {
            if (waiter.ExpiresAt <= now)
            {
                TurnAway(waiter, Outcome.Shed, ShedReason.QueueTimeout, now, ref decided); // its timer is late; a permit would be wasted on it
            }
            else if (_permits.TryTakeOrHold(waiter.Policy.Charge(waiter.Cost), out int permits))
            {
                Grant(waiter, permits, now, ref decided);
            }
            else
            {
                return any;
            }

            any = true;
        }

        _permits.LetGo();
        return any;
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

    /// <summary>Takes out a waiter whose caller left or, where somebody else keeps its time, whose time is over.</summary>
    /// <returns><see langword="false"/> when its outcome was decided before.</returns>
    public bool Withdraw(Waiter waiter, bool isTimeUp, TimeSpan now, ref WaiterChain decided)
    {
        if (waiter.Outcome != Outcome.Waiting)
        {
            return false;
        }

        Remove(waiter, isTimeUp ? Outcome.Shed : Outcome.Cancelled, ShedReason.QueueTimeout, now, ref decided);
        return true;
    }

    /// <summary>Takes out a waiter whose time to wait is over, if it is.</summary>
    /// <returns>When its wait ends; <see langword="null"/> when it does not wait any more.</returns>
    public TimeSpan? Expire(Waiter waiter, TimeSpan now, ref WaiterChain decided)
    {
        if (waiter.Outcome == Outcome.Waiting && waiter.ExpiresAt <= now)
        {
            Remove(waiter, Outcome.Shed, ShedReason.QueueTimeout, now, ref decided);
        }

        return waiter.Outcome == Outcome.Waiting ? waiter.ExpiresAt : null;
    }

    /// <summary>Takes a waiter out without a permit; a dear one may have been what kept cheaper ones behind it (B3, B21, C18).</summary>
    private void Remove(Waiter waiter, Outcome outcome, ShedReason reason, TimeSpan now, ref WaiterChain decided)
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

    private void Grant(Waiter waiter, int permits, TimeSpan now, ref WaiterChain decided)
    {
        bool isOldest = waiter.Policy.Waiting.Oldest == waiter;
        waiter.Policy.RemoveLocked(waiter);
        waiter.Policy.CountGrant(permits);
        waiter.Policy.NoteGrantLocked(now);
        _ranking.NoteGrant(waiter.Policy, isOldest);
        waiter.Grant(permits, now);
        decided.Append(waiter);
    }

    /// <summary>Takes a waiter out without a permit; whoever calls pumps afterwards.</summary>
    public static void TurnAway(Waiter waiter, Outcome outcome, ShedReason reason, TimeSpan now, ref WaiterChain decided)
    {
        waiter.Policy.RemoveLocked(waiter);
        waiter.TurnAway(outcome, reason, now);
        decided.Append(waiter);
    }

    /// <summary>The most permits that a request of the policy can ever hold.</summary>
    public int MostFor(PolicyGate policy) => Math.Min(_permits.Limit, policy.Cap ?? int.MaxValue);

    /// <summary>Turns away who has waited too long in a standing queue; whoever calls pumps afterwards.</summary>
    public bool TurnStaleAway(PolicyGate policy, TimeSpan now, ref WaiterChain decided)
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
