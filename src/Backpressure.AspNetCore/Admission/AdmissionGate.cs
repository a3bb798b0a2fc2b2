namespace Backpressure.AspNetCore.Admission;

/// <summary>Decides who runs now, who waits and who is refused: one limit for the whole server, a cap and a queue for each policy below it.</summary>
/// <remarks>
/// A synchronous state machine: time is passed in, nothing is awaited, no code of others runs under the lock. Whoever calls <see cref="Leave"/>, <see cref="Withdraw"/> or
/// <see cref="Expire"/> completes the waiters it gets back. Between two calls no waiter that could be granted is left waiting.
/// </remarks>
internal sealed class AdmissionGate
{
    private readonly object _lock = new(); // a plain object: systematic concurrency testing does not model System.Threading.Lock
    private readonly List<PolicyGate> _policies = [];
    private readonly int _limit;
    private int _inUse; // guarded by _lock
    private long _arrivalNumber; // guarded by _lock

    public AdmissionGate(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        _limit = limit;
    }

    public int Limit => _limit;

    /// <summary>Adds a policy; only while the gate is being built.</summary>
    /// <param name="name">The name that metrics show.</param>
    /// <param name="cap">How many permits the policy may hold, or <see langword="null"/> for no cap of its own.</param>
    /// <param name="queueCapacity">How many may wait.</param>
    /// <param name="retries">What lets retries in while the policy is saturated.</param>
    public PolicyGate AddPolicy(string name, int? cap, int queueCapacity, Retries.RetryAllowance retries)
    {
        PolicyGate policy = new(name, cap, queueCapacity, retries);
        _policies.Add(policy);
        return policy;
    }

    /// <summary>Takes permits if that needs no waiting. When it returns <see langword="false"/> nothing was counted: the caller goes on to <see cref="Enqueue"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative cost.</exception>
    public bool TryEnter(PolicyGate policy, int cost, bool isRetry, TimeSpan now)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cost); // it would add permits (B21)
        lock (_lock)
        {
            if (!HasRoomLocked(policy, cost) || policy.Waiting.Count > 0)
            {
                return false;
            }

            AdmitLocked(policy, cost);
        }

        if (!isRetry)
        {
            policy.Retries.CountFirstAttempt(now);
        }

        return true;
    }

    /// <summary>Lets a request wait, unless there is room after all or a rule refuses it.</summary>
    /// <returns>The outcome. Only after <see cref="Outcome.Waiting"/> will the waiter be completed, which may happen before this method returns.</returns>
    public Outcome Enqueue(Waiter waiter, TimeSpan now)
    {
        PolicyGate policy = waiter.Policy;
        Outcome outcome; // the waiter's own is another thread's to write as soon as it waits and the lock is free
        lock (_lock)
        {
            waiter.Cost = Math.Clamp(waiter.Cost, 0, Math.Min(_limit, policy.Cap ?? _limit));
            outcome = waiter.Outcome = DecideLocked(waiter, now);
            switch (outcome)
            {
                case Outcome.Granted:
                    AdmitLocked(policy, waiter.Cost);
                    break;
                case Outcome.Waiting:
                    waiter.ArrivalNumber = _arrivalNumber++;
                    waiter.EnqueuedAt = now;
                    policy.Tally.Arrivals++;
                    policy.Waiting.Append(waiter);
                    break;
                default:
                    policy.Tally.Arrivals++;
                    policy.Tally.CountShed(waiter.Reason, now);
                    break;
            }
        }

        if (outcome == Outcome.Granted && !waiter.IsRetry)
        {
            policy.Retries.CountFirstAttempt(now);
        }

        return outcome;
    }

    /// <summary>Refuses a request that never asked for a permit, such as one whose deadline had passed when it came.</summary>
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
            _inUse -= cost;
            policy.InUse -= cost;
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
                TurnAwayLocked(waiter, Outcome.Shed, reason, now);
                decided.Append(waiter);
            }
        }
    }

    /// <summary>How hard the gate presses on a policy: 0 up to four fifths of the limit in use, 1 when all of it is or a request was shed within the last second.</summary>
    public double PressureOn(PolicyGate policy, TimeSpan now)
    {
        lock (_lock)
        {
            if (policy.Tally.LastShedAt is { } shedAt && now - shedAt < Pressure.SheddingLasts)
            {
                return 1;
            }

            double load = (double)_inUse / _limit;
            return Pressure.Of(policy.Cap is int cap ? Math.Max(load, (double)policy.InUse / cap) : load);
        }
    }

    /// <summary>Reads everything at one instant.</summary>
    public GateReading Read()
    {
        lock (_lock)
        {
            PolicyReading[] policies = new PolicyReading[_policies.Count];
            for (int i = 0; i < policies.Length; i++)
            {
                policies[i] = _policies[i].ReadLocked();
            }

            return new GateReading(_limit, _inUse, policies);
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
            TurnAwayLocked(waiter, outcome, ShedReason.QueueTimeout, now);
            decided.Append(waiter);
            PumpLocked(now, ref decided); // a dear waiter may have been what kept cheaper ones behind it (B21, C18)
            return true;
        }
    }

    /// <summary>Whether the permits are free; a cost of zero takes none and asks whether one is.</summary>
    private bool HasRoomLocked(PolicyGate policy, int cost)
    {
        int needed = Math.Max(cost, 1);
        return _inUse <= _limit - needed && (policy.Cap is not int cap || policy.InUse <= cap - needed);
    }

    private void AdmitLocked(PolicyGate policy, int cost)
    {
        _inUse += cost;
        policy.InUse += cost;
        policy.Tally.Arrivals++;
        policy.Tally.Admitted++;
    }

    private Outcome DecideLocked(Waiter waiter, TimeSpan now)
    {
        PolicyGate policy = waiter.Policy;
        if (waiter.ExpiresAt <= now)
        {
            return RefuseLocked(waiter, ShedReason.DeadlineInfeasible);
        }

        if (policy.Waiting.Count == 0 && HasRoomLocked(policy, waiter.Cost))
        {
            return Outcome.Granted;
        }

        if (waiter.IsRetry && !policy.Retries.TryAdmitRetry(now))
        {
            return RefuseLocked(waiter, ShedReason.RetryBudget);
        }

        if (waiter.Places <= policy.QueueCapacity - policy.Waiting.Places)
        {
            return Outcome.Waiting;
        }

        if (waiter.IsRetry)
        {
            policy.Retries.ReturnRetry(now);
        }

        return RefuseLocked(waiter, ShedReason.QueueFull);
    }

    private static Outcome RefuseLocked(Waiter waiter, ShedReason reason)
    {
        waiter.Reason = reason;
        return Outcome.Shed;
    }

    /// <summary>Grants in order of arrival, over all policies whose cap leaves room, and turns away those whose time is over.</summary>
    private void PumpLocked(TimeSpan now, ref WaiterChain decided)
    {
        while (OldestServableLocked() is { } waiter)
        {
            PolicyGate policy = waiter.Policy;
            policy.Waiting.Remove(waiter);
            if (waiter.ExpiresAt <= now)
            {
                TurnAwayLocked(waiter, Outcome.Shed, ShedReason.QueueTimeout, now); // its timer is late; a permit would be wasted on it
            }
            else
            {
                SettleLocked(waiter, Outcome.Granted, now);
                _inUse += waiter.Cost;
                policy.InUse += waiter.Cost;
                policy.Tally.Admitted++;
                if (!waiter.IsRetry)
                {
                    policy.Retries.CountFirstAttempt(now);
                }
            }

            decided.Append(waiter);
        }
    }

    private Waiter? OldestServableLocked()
    {
        Waiter? oldest = null;
        foreach (PolicyGate policy in _policies)
        {
            if (policy.Waiting.First is { } first && HasRoomLocked(policy, first.Cost) && (oldest is null || first.ArrivalNumber < oldest.ArrivalNumber))
            {
                oldest = first;
            }
        }

        return oldest;
    }

    private static void SettleLocked(Waiter waiter, Outcome outcome, TimeSpan now)
    {
        waiter.Outcome = outcome;
        waiter.DecidedAt = now > waiter.EnqueuedAt ? now : waiter.EnqueuedAt; // whoever decides may have read the clock before the waiter's own thread did
    }

    private static void TurnAwayLocked(Waiter waiter, Outcome outcome, ShedReason reason, TimeSpan now)
    {
        SettleLocked(waiter, outcome, now);
        if (outcome == Outcome.Cancelled)
        {
            waiter.Policy.Tally.Cancelled++;
        }
        else
        {
            waiter.Reason = reason;
            waiter.Policy.Tally.CountShed(reason, now);
        }

        if (waiter.IsRetry)
        {
            waiter.Policy.Retries.ReturnRetry(now);
        }
    }
}
