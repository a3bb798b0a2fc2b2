using Backpressure.AspNetCore.Retries;

namespace Backpressure.AspNetCore.Admission;

/// <summary>Decides who runs now, who waits and who is refused: one limit for the whole server, a cap and a queue for each policy below it.</summary>
/// <remarks>
/// A synchronous state machine: time is passed in, nothing is awaited, no code of others runs under the lock. Whoever calls <see cref="Leave"/>, <see cref="Withdraw"/> or
/// <see cref="Expire"/> completes the waiters it gets back. Between two calls no waiter that could be granted is left waiting.
/// </remarks>
internal sealed class AdmissionGate
{
    private readonly object _lock = new(); // a plain object: systematic concurrency testing does not model System.Threading.Lock
    private readonly PermitPool _permits; // guarded by _lock
    private long _arrivalNumber; // guarded by _lock

    public AdmissionGate(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        _permits = new PermitPool(limit);
    }

    public int Limit => _permits.Limit;

    /// <summary>Adds a policy; only while the gate is being built.</summary>
    /// <param name="name">The name that metrics show.</param>
    /// <param name="cap">How many permits the policy may hold, or <see langword="null"/> for no cap of its own.</param>
    /// <param name="queueCapacity">How many may wait.</param>
    /// <param name="retries">What lets retries in while the policy is saturated.</param>
    public PolicyGate AddPolicy(string name, int? cap, int queueCapacity, RetryAllowance retries)
    {
        PolicyGate policy = new(name, cap, queueCapacity, retries);
        _permits.Add(policy);
        return policy;
    }

    /// <summary>Takes permits if that needs no waiting. When it returns <see langword="false"/> nothing was counted: the caller goes on to <see cref="Enqueue"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative cost.</exception>
    public bool TryEnter(PolicyGate policy, int cost, bool isRetry, TimeSpan now)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cost); // it would add permits (B21)
        lock (_lock)
        {
            if (!_permits.HasRoom(policy, cost) || policy.Waiting.Count > 0)
            {
                return false;
            }

            policy.Tally.Arrivals++;
            AdmitLocked(policy, cost, isRetry, now);
            return true;
        }
    }

    /// <summary>Lets a request wait, unless there is room after all or a rule refuses it.</summary>
    /// <returns>The outcome. Only after <see cref="Outcome.Waiting"/> will the waiter be completed, which may happen before this method returns.</returns>
    public Outcome Enqueue(Waiter waiter, TimeSpan now)
    {
        PolicyGate policy = waiter.Policy;
        lock (_lock)
        {
            waiter.Cost = Math.Clamp(waiter.Cost, 0, _permits.MostFor(policy));
            Outcome outcome = policy.DecideLocked(waiter, _permits.HasRoom(policy, waiter.Cost), now);
            policy.Tally.Arrivals++;
            waiter.Outcome = outcome;
            switch (outcome)
            {
                case Outcome.Granted:
                    AdmitLocked(policy, waiter.Cost, waiter.IsRetry, now);
                    break;
                case Outcome.Waiting:
                    waiter.ArrivalNumber = _arrivalNumber++;
                    waiter.EnqueuedAt = now;
                    policy.Waiting.Append(waiter);
                    break;
                default:
                    policy.Tally.CountShed(waiter.Reason, now);
                    break;
            }

            return outcome; // not the waiter's, which another thread may have decided by the time the lock is left
        }
    }

    /// <summary>Refuses a request that never asked for a permit.</summary>
    public void Refuse(PolicyGate policy, ShedReason reason, TimeSpan now)
    {
        lock (_lock)
        {
            policy.Tally.Arrivals++;
            policy.Tally.CountShed(reason, now);
        }
    }

    /// <summary>Gives permits back. The waiters that this decided are added to <paramref name="decided"/>, in order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative cost.</exception>
    public void Leave(PolicyGate policy, int cost, TimeSpan now, ref WaiterChain decided)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cost);
        lock (_lock)
        {
            _permits.GiveBack(policy, cost);
            PumpLocked(now, ref decided);
        }
    }

    /// <summary>Takes out a waiter whose caller left.</summary>
    /// <returns><see langword="false"/> when its outcome was decided before: a grant stands, and its permit must be given back by whoever waits for it.</returns>
    public bool Withdraw(Waiter waiter, TimeSpan now, ref WaiterChain decided) => Remove(waiter, Outcome.Cancelled, now, ref decided);

    /// <summary>Takes out a waiter whose time to wait is over.</summary>
    /// <returns><see langword="false"/> when its outcome was decided before.</returns>
    public bool Expire(Waiter waiter, TimeSpan now, ref WaiterChain decided) => Remove(waiter, Outcome.Shed, now, ref decided);

    /// <summary>Takes out every waiter of a policy, as shed for one reason.</summary>
    public void Dismiss(PolicyGate policy, ShedReason reason, TimeSpan now, ref WaiterChain decided)
    {
        lock (_lock)
        {
            while (policy.Waiting.First is { } waiter)
            {
                policy.Waiting.Remove(waiter);
                PolicyGate.TurnAwayLocked(waiter, Outcome.Shed, reason, now);
                decided.Append(waiter);
            }

            PumpLocked(now, ref decided);
        }
    }

    /// <summary>How hard the gate presses on a policy, from 0 (room to spare) to 1 (shedding).</summary>
    public double PressureOn(PolicyGate policy, TimeSpan now)
    {
        lock (_lock)
        {
            return policy.PressureLocked(_permits.Load, now);
        }
    }

    /// <summary>Reads everything at one instant.</summary>
    public GateReading Read()
    {
        lock (_lock)
        {
            return _permits.Read();
        }
    }

    private bool Remove(Waiter waiter, Outcome outcome, TimeSpan now, ref WaiterChain decided)
    {
        lock (_lock)
        {
            if (waiter.Outcome != Outcome.Waiting)
            {
                return false;
            }

            waiter.Policy.Waiting.Remove(waiter);
            PolicyGate.TurnAwayLocked(waiter, outcome, ShedReason.QueueTimeout, now);
            decided.Append(waiter);
            PumpLocked(now, ref decided); // a dear waiter may have been what kept cheaper ones behind it (B21, C18)
            return true;
        }
    }

    /// <summary>Grants in order of arrival, over all policies whose cap leaves room, and turns away those whose time is over.</summary>
    private void PumpLocked(TimeSpan now, ref WaiterChain decided)
    {
        while (_permits.OldestServable() is { } waiter)
        {
            waiter.Policy.Waiting.Remove(waiter);
            if (waiter.ExpiresAt <= now)
            {
                PolicyGate.TurnAwayLocked(waiter, Outcome.Shed, ShedReason.QueueTimeout, now); // its timer is late; a permit would be wasted on it
            }
            else
            {
                waiter.Settle(Outcome.Granted, now);
                AdmitLocked(waiter.Policy, waiter.Cost, waiter.IsRetry, now);
            }

            decided.Append(waiter);
        }
    }

    private void AdmitLocked(PolicyGate policy, int cost, bool isRetry, TimeSpan now)
    {
        _permits.Take(policy, cost);
        if (!isRetry)
        {
            policy.Retries.CountFirstAttempt(now);
        }
    }
}
