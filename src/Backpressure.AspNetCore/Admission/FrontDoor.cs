namespace Backpressure.AspNetCore.Admission;

/// <summary>Decides about newcomers that could not simply run: who runs all the same, who may wait, who is refused. What does not say otherwise is guarded by the gate's lock.</summary>
internal sealed class FrontDoor
{
    private readonly Permits _permits;
    private readonly Ranking _ranking;
    private readonly WaitingRoom _room;
    private long _arrivalNumber;

    public FrontDoor(Permits permits, Ranking ranking, WaitingRoom room)
    {
        _permits = permits;
        _ranking = ranking;
        _room = room;
    }

    /// <summary>Whether a newcomer that could not run finds neither room nor a place, whatever the lock would show. Needs no lock: that there was no place is so at the instant of the read,
    /// and still so once there was seen to be no room.</summary>
    public bool SurelyRefuses(Waiter waiter, TimeSpan now) => waiter.Policy.HasSurelyNoPlace(waiter, now)
        && !(_permits.HasRoom(waiter.Policy.Charge(waiter.Cost)) && waiter.Policy.HasCapRoom(waiter.Cost, _permits.Limit, waiter.Policy.InUse))
        && waiter.Policy.HasSurelyNoPlace(waiter, now);

    /// <summary>Lets a newcomer run, wait, or neither.</summary>
    public Outcome Enter(Waiter waiter, TimeSpan now, ref WaiterChain decided)
    {
        PolicyGate policy = waiter.Policy;
        policy.ObserveLocked(now, _room.MostFor(policy));
        if (MayFit(policy))
        {
            _room.Pump(now, ref decided); // by another order somebody else may be next, who fits
        }

        if (TryRun(waiter, now, ref decided, out bool isNext))
        {
            if (_permits.IsHeld || policy.Waiting.Count > 0)
            {
                _room.Pump(now, ref decided); // it went past somebody, which may have made it the turn of whoever waits longest; or its policy reached its cap, and somebody of another one is next
            }

            return Outcome.Granted;
        }

        if (waiter.IsRetry && policy.Retries?.TryAdmitRetry(now) == false)
        {
            return waiter.Refuse(ShedReason.RetryBudget, now);
        }

        bool someLeft = _room.TurnStaleAway(policy, now, ref decided);
        ShedReason? reason = WhyNot(waiter, now);
        if (reason is { } refusal)
        {
            waiter.ReturnRetry(now, takenAt: now);
            waiter.Refuse(refusal, now);
        }
        else
        {
            while (Displacement.Lacking(waiter) > 0)
            {
                WaitingRoom.TurnAway(Displacement.Next(waiter), Outcome.Shed, ShedReason.Displaced, now, ref decided);
                someLeft = true;
            }

            policy.AppendLocked(waiter, now, _room.MostFor(policy));
            Interlocked.MemoryBarrier(); // whoever returns a permit of a cap looks for waiters afterwards; here it is the other way round
        }

        if (someLeft || (reason is null && (isNext || MayFit(policy))))
        {
            _room.Pump(now, ref decided); // holds the permits for it, or finds that room was made meanwhile
        }

        return reason is null ? Outcome.Waiting : Outcome.Shed;
    }

    /// <summary>Whether there may be room for somebody who waits.</summary>
    private bool MayFit(PolicyGate policy) => (_permits.IsHeld && _permits.HasRoom(1)) || (policy.Cap is not null && policy.Waiting.Count > 0);

    /// <summary>Lets a newcomer run if nobody is in front of it and there is room. What somebody returned a moment ago, who waits for the lock now, belongs to those who were there before.</summary>
    private bool TryRun(Waiter waiter, TimeSpan now, ref WaiterChain decided, out bool isNext)
    {
        PolicyGate policy = waiter.Policy;
        waiter.ArrivalNumber = _arrivalNumber++;
        while (true)
        {
            isNext = _ranking.Next(waiter) == waiter;
            if (!isNext)
            {
                return false;
            }

            if (policy.Cap is not null && policy.Waiting.Count > 0 && _room.Pump(now, ref decided))
            {
                continue;
            }

            Waiter? next = _permits.IsHeld ? _ranking.Next() : null; // who would be next without it
            if (_permits.TryTakeBefore(policy.Charge(waiter.Cost), next?.Policy.Charge(next.Cost), out int permits) is { } taken)
            {
                if (taken)
                {
                    policy.CountGrant(permits);
                    waiter.Grant(permits, now);
                    if (next is not null || policy.Waiting.Count > 0)
                    {
                        _ranking.NoteGrant(policy, isOldest: false); // it went past somebody who waits
                    }
                }

                return taken;
            }

            _room.Pump(now, ref decided);
        }
    }

    private static ShedReason? WhyNot(Waiter waiter, TimeSpan now)
    {
        if (Displacement.Lacking(waiter) > Displacement.Available(waiter))
        {
            return ShedReason.QueueFull;
        }

        return waiter.Policy.IsInfeasibleLocked(waiter, now) ? ShedReason.DeadlineInfeasible : null;
    }
}
