using Backpressure.AspNetCore.Limits;
using Backpressure.AspNetCore.Retries;

namespace Backpressure.AspNetCore.Admission;

/// <summary>Decides who runs now, who waits and who is refused: one limit for the whole server, a cap and a queue for each policy below it.</summary>
/// <remarks>
/// A synchronous state machine: time is passed in, nothing is awaited, no code of others runs under the lock. Whoever calls completes the waiters that the call decided.
/// Where there is room and nobody waits, entering and leaving take no lock; nor does refusing at a full queue. Everything else is decided under one plain lock. Between two calls nobody waits who is next and for whom there is room.
/// </remarks>
internal sealed class AdmissionGate : ISteered
{
    private readonly object _lock = new(); // a plain object: systematic concurrency testing does not model System.Threading.Lock
    private readonly Permits _permits;
    private readonly Ranking _ranking; // like the next two guarded by _lock
    private readonly WaitingRoom _room;
    private readonly FrontDoor _door;

    /// <param name="limit">How many permits there are.</param>
    /// <param name="honoursAge">Whether every eighth grant goes to whoever waits longest.</param>
    /// <param name="steer">Makes who moves the limit at run time; <see langword="null"/> for a fixed one.</param>
    public AdmissionGate(int limit, bool honoursAge = true, Func<ISteered, LimitPilot>? steer = null)
    {
        _permits = new Permits(limit);
        _ranking = new Ranking(_permits, honoursAge);
        _room = new WaitingRoom(_permits, _ranking);
        _door = new FrontDoor(_permits, _ranking, _room);
        Pilot = steer?.Invoke(this);
    }

    /// <summary>Who moves the limit; <see langword="null"/> when it is fixed.</summary>
    public LimitPilot? Pilot { get; }

    /// <summary>How many may run: the limit, or the ceiling where that is lower.</summary>
    public int Limit => _permits.Limit;

    public int InUse => _permits.Read().InUse;

    int ISteered.InUse => _permits.IsHeld ? Math.Max(Limit, InUse) : InUse;

    int? ISteered.LeftOver(int cost) => _permits.LeftOver(cost);

    /// <summary>How long requests take in the mean, by those that run now; zero when nothing is known. Needs no lock.</summary>
    public TimeSpan ServiceTime => _ranking.ServiceTime;

    /// <summary>Permits in use over the limit; above 1 while a lowered limit lets the excess drain.</summary>
    public double Load => _permits.Load;

    /// <summary>Adds a policy; only while the gate is being built.</summary>
    public PolicyGate AddPolicy(string name, PolicySettings settings, RetryAllowance? retries = null)
    {
        _ranking.Add(new PolicyGate(name, settings, retries, Pilot));
        return _ranking.Policies[^1];
    }

    /// <summary>Lets a request in, lets it wait or refuses it.</summary>
    /// <returns>The outcome. Only after <see cref="Outcome.Waiting"/> will the waiter be completed, which may happen before this method returns.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative cost.</exception>
    public Outcome Enter(Waiter waiter, TimeSpan now, ref WaiterChain decided)
    {
        waiter.Arrive(now);
        if (waiter.Deadline <= now)
        {
            return waiter.Refuse(ShedReason.DeadlineInfeasible, now);
        }

        if (TryTake(waiter.Policy, waiter.Cost, now, ref decided, out int permits))
        {
            return waiter.Grant(permits, now);
        }

        Steering steering = waiter.Policy.Steering;
        if (!waiter.IsRetry && _door.SurelyRefuses(waiter, now) && !steering.Grow(waiter.Cost, mayWait: false, now, ref decided))
        {
            return waiter.Refuse(ShedReason.QueueFull, now);
        }

        int cost = waiter.Cost; // once it waits it belongs to whoever grants it
        Outcome outcome;
        lock (_lock)
        {
            outcome = _door.Enter(waiter, now, ref decided);
        }

        steering.NoteEntry(outcome, cost, now, ref decided);
        return outcome;
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
    public void Leave(Waiter waiter, Ending ending, TimeSpan now, ref WaiterChain decided) =>
        waiter.Policy.Steering.Release(this, waiter.Permits, now - waiter.DecidedAt, ending, now, ref decided);

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

    /// <summary>Takes out a waiter whose caller left or, where somebody else keeps its time, whose time is over.</summary>
    /// <returns><see langword="false"/> when its outcome was decided before: a grant stands, and its permits must be given back by whoever waits for it.</returns>
    public bool Withdraw(Waiter waiter, TimeSpan now, ref WaiterChain decided, bool isTimeUp = false)
    {
        lock (_lock)
        {
            return _room.Withdraw(waiter, isTimeUp, now, ref decided);
        }
    }

    /// <summary>Takes out a waiter whose time to wait is over. A call that comes too early, or on behalf of one who waited here before, does nothing (T5).</summary>
    /// <returns>When its wait ends; <see langword="null"/> when it does not wait any more.</returns>
    public TimeSpan? Expire(Waiter waiter, TimeSpan now, ref WaiterChain decided)
    {
        lock (_lock)
        {
            return _room.Expire(waiter, now, ref decided);
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

    /// <summary>Sets how many permits the thread pool can run, which may be fewer than the limit: beyond them the gate is as full as at its limit (rule 4.11). <see cref="Permits.NoCeiling"/> takes the bound away.</summary>
    public void SetCeiling(int ceiling, TimeSpan now, ref WaiterChain decided)
    {
        lock (_lock)
        {
            _permits.SetCeiling(ceiling);
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
}
