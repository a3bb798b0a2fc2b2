using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Admission;

/// <summary>Wraps a gate with one policy into what a standard limiter needs: waiting, statistics, idleness, disposal.</summary>
internal sealed class LimiterGate : IDisposable
{
    private readonly AdmissionGate _gate;
    private readonly PolicyGate _policy;
    private readonly LimiterWaiter _anybody; // never enters; stands for whoever comes where only the lane matters, in which all are
    private readonly Func<int, ShedReason?, RateLimitLease> _leaseOf;
    private readonly Lock _dismissing = new(); // held from taking waiters out until they are complete
    private readonly TimeProvider _time;
    private readonly bool _newestFirst;
    private readonly int _queueLimit;
    private readonly long _start;
    private long _idleSince; // Volatile only; a timestamp, meaningful while nothing is in use
    private volatile bool _disposed;

    /// <param name="limit">How many permits there are.</param>
    /// <param name="queueLimit">How many places the queue has.</param>
    /// <param name="order">Who is served first.</param>
    /// <param name="leaseOf">Makes the lease of who waited for so many permits: granted, or refused for a reason.</param>
    /// <param name="time">Where the time comes from.</param>
    public LimiterGate(int limit, int queueLimit, QueueProcessingOrder order, Func<int, ShedReason?, RateLimitLease> leaseOf, TimeProvider time)
    {
        _newestFirst = order == QueueProcessingOrder.NewestFirst;
        _queueLimit = queueLimit;
        _leaseOf = leaseOf;
        _time = time;
        _start = time.GetTimestamp();
        _idleSince = _start;
        _gate = new AdmissionGate(limit, honoursAge: false); // "newest first" means just that to those who use limiters
        _policy = _gate.AddPolicy(PolicyReading.DefaultPolicy, new PolicySettings
        {
            QueueCapacity = queueLimit,
            Order = _newestFirst ? QueueOrder.NewestFirst : QueueOrder.OldestFirst,
            EvictsOldest = _newestFirst,
        });
        _anybody = NewWaiter(permits: 0, places: 1, default);
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    public TimeSpan? IdleDuration
    {
        get
        {
            PolicyReading reading = _gate.Read().Policies[0];
            if (reading.InUse > 0 || reading.Queued > 0)
            {
                return null;
            }

            long since = Volatile.Read(ref _idleSince); // read before the clock, or another thread's release might lie in the future
            return _time.GetElapsedTime(since);
        }
    }

    /// <summary>Makes the lease of who asked for so many permits: granted, or refused for a reason.</summary>
    public RateLimitLease LeaseOf(int permits, ShedReason? refusal) => _leaseOf(permits, refusal);

    /// <exception cref="ObjectDisposedException">The limiter is disposed.</exception>
    public RateLimiterStatistics GetStatistics()
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(BackpressureLimiter));
        PolicyReading reading = _gate.Read().Policies[0];
        return new RateLimiterStatistics
        {
            CurrentAvailablePermits = _gate.Limit - reading.InUse,
            CurrentQueuedCount = reading.PlacesTaken,
            TotalFailedLeases = reading.Shed.Sum(),
            TotalSuccessfulLeases = reading.Admitted,
        };
    }

    /// <summary>Takes permits that are free now and held for nobody; a refusal is not counted yet.</summary>
    /// <param name="permitCount">How many; an error names it as the limiter's callers know it.</param>
    /// <exception cref="ArgumentOutOfRangeException">More permits than the limit.</exception>
    /// <exception cref="ObjectDisposedException">The limiter is disposed.</exception>
    public bool TryTake(int permitCount)
    {
        if (permitCount > _gate.Limit)
        {
            throw new ArgumentOutOfRangeException(nameof(permitCount), permitCount, $"{permitCount} permits exceed the limit of {_gate.Limit}; such a lease could never be given.");
        }

        ObjectDisposedException.ThrowIf(_disposed, typeof(BackpressureLimiter));
        WaiterChain none = default;
        return _gate.TryTake(_policy, permitCount, default, ref none, out _); // the time matters only where a policy can get a cap
    }

    /// <summary>Takes permits that are free but held for somebody whom newest first lets a newcomer overtake, after <see cref="TryTake"/> got none; a refusal is counted.</summary>
    public bool TryOvertake(int permits)
    {
        if (!MayOvertake(permits))
        {
            CountRefusal();
            return false;
        }

        LimiterWaiter newcomer = NewWaiter(permits, places: int.MaxValue, default); // more than any queue has, so that it never waits
        WaiterChain decided = default;
        Outcome outcome = _gate.Enter(newcomer, Now, ref decided);
        decided.CompleteAll();
        return outcome == Outcome.Granted;
    }

    /// <summary>Refuses who can neither run nor wait, after <see cref="TryTake"/> got nothing, and counts that; needs no lock. Where it is not sure, <see cref="WaitAsync"/> decides.</summary>
    public bool TryRefuse(int permits)
    {
        // Newest first only the former happens; nor may such a one overtake: whoever waits has a place, thus asks for less, and found no room.
        bool hasNoPlace = PlacesOf(permits) > _queueLimit || _policy.HasSurelyNoPlace(_anybody, default); // the time matters only in an adaptive order
        if (hasNoPlace)
        {
            CountRefusal();
        }

        return hasNoPlace;
    }

    /// <summary>Waits for permits.</summary>
    /// <returns>The lease: granted, or refused as the queue has no place, somebody newer took it, or the limiter is disposed meanwhile.</returns>
    public ValueTask<RateLimitLease> WaitAsync(int permits, CancellationToken cancellation)
    {
        LimiterWaiter waiter = NewWaiter(permits, PlacesOf(permits), cancellation);
        WaiterChain decided = default;
        Outcome outcome = _gate.Enter(waiter, Now, ref decided);
        decided.CompleteAll();
        if (outcome != Outcome.Waiting)
        {
            return new ValueTask<RateLimitLease>(waiter.ToLease());
        }

        Task<RateLimitLease> lease = waiter.WaitAsync();
        if (_disposed)
        {
            DismissAll(); // it was disposed while this one entered
        }

        if (cancellation.CanBeCanceled && !lease.IsCompleted)
        {
            waiter.HeedCancellation(lease);
        }

        return new ValueTask<RateLimitLease>(lease);
    }

    public void GiveBack(int permits)
    {
        if (permits == 0)
        {
            return; // nothing was in use, so the idle time goes on
        }

        Volatile.Write(ref _idleSince, _time.GetTimestamp());
        if (_gate.Return(_policy, permits))
        {
            WaiterChain decided = default;
            _gate.Pump(Now, ref decided);
            decided.CompleteAll();
        }
    }

    /// <summary>Takes out a waiter whose token was cancelled.</summary>
    public void Withdraw(Waiter waiter)
    {
        WaiterChain decided = default;
        _gate.Withdraw(waiter, Now, ref decided);
        decided.CompleteAll();
    }

    public void Dispose()
    {
        _disposed = true;
        DismissAll();
    }

    // who waits for nothing takes a place, or the queue had no bound
    private static int PlacesOf(int permits) => Math.Max(permits, 1);

    private LimiterWaiter NewWaiter(int permits, int places, CancellationToken cancellation) => new(this, _policy, cancellation) { Cost = permits, Places = places };

    // Oldest first nobody may. The policy's count goes up after permits are taken and down before they are returned, so that what looks full is full.
    private bool MayOvertake(int permits) => _newestFirst && _policy.InUse <= _gate.Limit - PlacesOf(permits);

    private void CountRefusal() => _policy.Tally.CountShed(ShedReason.QueueFull, default); // nobody asks when: reading the clock would take longer than all the rest

    private void DismissAll()
    {
        lock (_dismissing)
        {
            WaiterChain decided = default;
            _gate.Dismiss(_policy, ShedReason.Draining, Now, ref decided);
            decided.CompleteAll();
        }
    }
}
