using Backpressure.AspNetCore.Retries;

namespace Backpressure.AspNetCore.Admission;

/// <summary>Decides who runs now, who waits and who is refused: one limit for the whole server, a cap and a queue for each policy below it.</summary>
/// <remarks>
/// A synchronous state machine: time is passed in, nothing is awaited, no code of others runs under the lock. Whoever calls completes the waiters that the call decided.
/// Where there is room and nobody waits, entering and leaving take no lock; nor does refusing at a full queue. Everything else is decided under one plain lock.
/// Between two calls nobody waits who is next and for whom there is room.
/// </remarks>
internal sealed class AdmissionGate
{
    private readonly object _lock = new(); // a plain object: systematic concurrency testing does not model System.Threading.Lock
    private readonly Permits _permits;
    private readonly Ranking _ranking; // like the next two guarded by _lock
    private readonly WaitingRoom _room;
    private readonly FrontDoor _door;

    /// <param name="limit">How many permits there are.</param>
    /// <param name="honoursAge">Whether every eighth grant goes to whoever waits longest.</param>
    public AdmissionGate(int limit, bool honoursAge = true)
    {
        _permits = new Permits(limit);
        _ranking = new Ranking(_permits, honoursAge);
        _room = new WaitingRoom(_permits, _ranking);
        _door = new FrontDoor(_permits, _ranking, _room);
    }

    public int Limit => _permits.Limit;

    /// <summary>Permits in use over the limit; above 1 while a lowered limit lets the excess drain.</summary>
    public double Load => _permits.Load;

    /// <summary>Adds a policy; only while the gate is being built.</summary>
    public PolicyGate AddPolicy(string name, PolicySettings settings, RetryAllowance? retries = null)
    {
        PolicyGate policy = new(name, settings, retries);
        _ranking.Add(policy);
        return policy;
    }

    /// <summary>Lets a request in, lets it wait or refuses it.</summary>
    /// <returns>The outcome. Only after <see cref="Outcome.Waiting"/> will the waiter be completed, which may happen before this method returns.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative cost.</exception>
    public Outcome Enter(Waiter waiter, TimeSpan now, ref WaiterChain decided)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(waiter.Cost, "cost"); // it would add permits (B21)
        if (waiter.Deadline <= now)
        {
            return waiter.Refuse(ShedReason.DeadlineInfeasible, now);
        }

        if (TryTake(waiter.Policy, waiter.Cost, now, ref decided, out int permits))
        {
            return waiter.Grant(permits, now);
        }

        if (!waiter.IsRetry && IsSurelyRefused(waiter, now))
        {
            return waiter.Refuse(ShedReason.QueueFull, now);
        }

        lock (_lock)
        {
            return _door.Enter(waiter, now, ref decided);
        }
    }

    /// <summary>Takes permits if that needs no waiting, without a waiter. Who succeeds counts as admitted; otherwise nothing was counted.</summary>
    public bool TryTake(PolicyGate policy, int cost, TimeSpan now, ref WaiterChain decided, out int permits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cost);
        permits = 0;
        if (policy.Cap is not null || !_permits.TryTake(cost, out permits))
        {
            return false;
        }

        policy.CountGrant(permits);
        if (policy.Cap is null)
        {
            return true;
        }

        policy.UndoGrant(permits); // the policy was given a cap in this very moment, which did not see the grant
        _permits.Return(permits);
        Pump(now, ref decided);
        return false;
    }

    /// <summary>A granted request is done: gives its permits back.</summary>
    /// <param name="waiter">Whoever was granted them.</param>
    /// <param name="isSample">Whether its time tells something of the service: a failure or an abort does not.</param>
    /// <param name="now">The time.</param>
    /// <param name="decided">Gets the waiters that this decided.</param>
    public void Leave(Waiter waiter, bool isSample, TimeSpan now, ref WaiterChain decided)
    {
        if (isSample && now > waiter.DecidedAt)
        {
            waiter.Policy.NoteService(now - waiter.DecidedAt);
        }

        if (Return(waiter.Policy, waiter.Permits))
        {
            Pump(now, ref decided);
        }
    }

    /// <summary>Gives permits back.</summary>
    /// <returns>Whether somebody may wait for them: then <see cref="Pump"/> must be called.</returns>
    public bool Return(PolicyGate policy, int permits)
    {
        policy.CountReturn(permits);
        return _permits.Return(permits) || (policy.Cap is not null && policy.Waiting.Count > 0);
    }

    /// <summary>Grants what there is room for.</summary>
    public void Pump(TimeSpan now, ref WaiterChain decided)
    {
        lock (_lock)
        {
            _room.PumpAndTidy(now, ref decided);
        }
    }

    /// <summary>Takes out a waiter whose caller left.</summary>
    /// <returns><see langword="false"/> when its outcome was decided before: a grant stands, and its permits must be given back by whoever waits for it.</returns>
    public bool Withdraw(Waiter waiter, TimeSpan now, ref WaiterChain decided)
    {
        lock (_lock)
        {
            if (waiter.Outcome != Outcome.Waiting)
            {
                return false;
            }

            _room.Remove(waiter, Outcome.Cancelled, default, now, ref decided);
            return true;
        }
    }

    /// <summary>Takes out a waiter whose time to wait is over. A call that comes too early, or on behalf of one who waited here before, does nothing (T5).</summary>
    /// <returns>When its wait ends; <see langword="null"/> when it does not wait any more.</returns>
    public TimeSpan? Expire(Waiter waiter, TimeSpan now, ref WaiterChain decided)
    {
        lock (_lock)
        {
            if (waiter.Outcome == Outcome.Waiting && waiter.ExpiresAt <= now)
            {
                _room.Remove(waiter, Outcome.Shed, ShedReason.QueueTimeout, now, ref decided);
            }

            return waiter.Outcome == Outcome.Waiting ? waiter.ExpiresAt : null;
        }
    }

    /// <summary>Takes out every waiter of a policy, as shed for one reason.</summary>
    public void Dismiss(PolicyGate policy, ShedReason reason, TimeSpan now, ref WaiterChain decided)
    {
        lock (_lock)
        {
            _room.Dismiss(policy, reason, now, ref decided);
        }
    }

    /// <summary>Moves the limit. What is in use above it drains; what waits and fits now is granted.</summary>
    public void SetLimit(int limit, TimeSpan now, ref WaiterChain decided)
    {
        lock (_lock)
        {
            _permits.SetLimit(limit);
            _room.Pump(now, ref decided);
        }
    }

    /// <summary>Exchanges the settings of a policy. Waiters keep their places and their times; those above a smaller capacity leave as displaced.</summary>
    public void Configure(PolicyGate policy, PolicySettings settings, TimeSpan now, ref WaiterChain decided)
    {
        lock (_lock)
        {
            _room.Configure(policy, settings, now, ref decided);
        }
    }

    /// <summary>Reads everything at one instant.</summary>
    public GateReading Read()
    {
        lock (_lock)
        {
            (int limit, int inUse) = _permits.Read();
            return new GateReading(limit, inUse, [.. _ranking.Policies.Select(policy => policy.ReadLocked())]);
        }
    }

    // No lock: that there was no place is so at the instant of the read, and still so once there was seen to be no room.
    private bool IsSurelyRefused(Waiter waiter, TimeSpan now) => waiter.Policy.HasSurelyNoPlace(waiter, now)
        && !(_permits.HasRoom(waiter.Policy.Charge(waiter.Cost)) && waiter.Policy.HasCapRoom(waiter.Cost, _permits.Limit, waiter.Policy.InUse))
        && waiter.Policy.HasSurelyNoPlace(waiter, now);
}
