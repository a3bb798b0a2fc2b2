using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Admission;

/// <summary>Wraps a gate with one policy into what a standard limiter needs: waiting, statistics, idleness, disposal.</summary>
internal sealed class LimiterGate : IDisposable
{
    private readonly AdmissionGate _gate;
    private readonly PolicyGate _policy;
    private readonly LimiterWaiter _anybody; // never enters; stands for whoever comes where only the lane matters, in which all are
    private readonly Func<int, ShedReason?, RateLimitLease> _leaseOf;
    private readonly Lock _dismissing = new(); // held from taking waiters out until they are complete
    private readonly LimiterClock _clock;
    private readonly bool _newestFirst;
    private readonly int _queueLimit;
    private readonly int _mostPermits;
    private volatile bool _disposed;

    /// <param name="options">The settings of the limiter, checked.</param>
    /// <param name="leaseOf">Makes the lease of who waited for so many permits: granted, or refused for a reason.</param>
    /// <param name="time">Where the time comes from.</param>
    public LimiterGate(BackpressureLimiterOptions options, Func<int, ShedReason?, RateLimitLease> leaseOf, TimeProvider time)
    {
        _newestFirst = options.QueueProcessingOrder == QueueProcessingOrder.NewestFirst;
        _queueLimit = options.QueueLimit;
        _mostPermits = options.PermitLimit;
        _leaseOf = leaseOf;
        _clock = new LimiterClock(time);
        Func<ISteered, LimitPilot>? steer = LimitPilotFactory.For(options.Algorithm, options.InitialLimit, options.MinimumLimit, options.PermitLimit);
        _gate = new AdmissionGate(steer is null ? options.PermitLimit : options.InitialLimit, honoursAge: false, steer); // "newest first" means just that to those who use limiters
        _policy = _gate.AddPolicy(PolicyReading.DefaultPolicy, new PolicySettings
        {
            QueueCapacity = _queueLimit,
            Order = _newestFirst ? QueueOrder.NewestFirst : QueueOrder.OldestFirst,
            EvictsOldest = _newestFirst,
        });
        _anybody = NewWaiter(permits: 0, places: 1, default);
    }

    /// <summary>When a lease begins that is made now; nobody asks where the limit is fixed.</summary>
    public TimeSpan Since => _gate.Pilot is null ? TimeSpan.Zero : _clock.Now;

    public TimeSpan? IdleDuration => LimiterStatistics.IsIdle(_gate) ? _clock.IdleDuration : null;

    /// <summary>Makes the lease of who asked for so many permits: granted, or refused for a reason.</summary>
    public RateLimitLease LeaseOf(int permits, ShedReason? refusal) => _leaseOf(permits, refusal);

    /// <exception cref="ObjectDisposedException">The limiter is disposed.</exception>
    public RateLimiterStatistics GetStatistics()
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(BackpressureLimiter));
        return LimiterStatistics.Of(_gate);
    }

    /// <summary>Takes permits that are free now and held for nobody; a refusal is not counted yet.</summary>
    /// <param name="permitCount">How many; an error names it as the limiter's callers know it.</param>
    /// <param name="permits">How many were taken, and are to be given back: fewer where an adaptive limit is below what was asked for.</param>
    /// <exception cref="ArgumentOutOfRangeException">More permits than the limit, or than an adaptive one can ever become.</exception>
    /// <exception cref="ObjectDisposedException">The limiter is disposed.</exception>
    public bool TryTake(int permitCount, out int permits)
    {
        if (permitCount > _mostPermits)
        {
            throw new ArgumentOutOfRangeException(nameof(permitCount), permitCount, $"{permitCount} permits exceed the limit of {_mostPermits}; such a lease could never be given.");
        }

        ObjectDisposedException.ThrowIf(_disposed, typeof(BackpressureLimiter));
        WaiterChain none = default;
        return _gate.TryTake(_policy, permitCount, default, ref none, out permits); // the time matters only where a policy can get a cap
    }

    /// <summary>Takes permits that are free but held for somebody whom newest first lets a newcomer overtake, after <see cref="TryTake"/> got none; a refusal is counted.</summary>
    public bool TryOvertake(int permitCount, out int permits)
    {
        permits = 0;
        if (!MayOvertake(permitCount))
        {
            if (Grows(permitCount) && TryTake(permitCount, out permits))
            {
                return true;
            }

            CountRefusal(permitCount);
            return false;
        }

        LimiterWaiter newcomer = NewWaiter(permitCount, places: int.MaxValue, default); // more than any queue has, so that it never waits
        WaiterChain decided = default;
        Outcome outcome = _gate.Enter(newcomer, _clock.Now, ref decided);
        decided.CompleteAll();
        permits = newcomer.Permits;
        return outcome == Outcome.Granted;
    }

    /// <summary>Refuses who can neither run nor wait, after <see cref="TryTake"/> got nothing, and counts that; needs no lock. Where it is not sure, <see cref="WaitAsync"/> decides.</summary>
    public bool TryRefuse(int permits)
    {
        // Newest first only the former happens; nor may such a one overtake: whoever waits has a place, thus asks for less, and found no room.
        bool hasNoPlace = PlacesOf(permits) > _queueLimit || _policy.HasSurelyNoPlace(_anybody, default); // the time matters only in an adaptive order
        if (hasNoPlace && !Grows(permits))
        {
            CountRefusal(permits);
            return true;
        }

        return false;
    }

    /// <summary>Waits for permits.</summary>
    /// <returns>The lease: granted, or refused as the queue has no place, somebody newer took it, or the limiter is disposed meanwhile.</returns>
    public ValueTask<RateLimitLease> WaitAsync(int permits, CancellationToken cancellation)
    {
        LimiterWaiter waiter = NewWaiter(permits, PlacesOf(permits), cancellation);
        WaiterChain decided = default;
        Outcome outcome = _gate.Enter(waiter, _clock.Now, ref decided);
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

    /// <summary>A lease was disposed.</summary>
    /// <param name="permits">What it held.</param>
    /// <param name="since">When it was made, as <see cref="Since"/> said.</param>
    /// <param name="isIgnored">Whether its time tells nothing.</param>
    public void GiveBack(int permits, TimeSpan since, bool isIgnored)
    {
        if (permits == 0)
        {
            return; // nothing was in use, so the idle time goes on
        }

        TimeSpan now = _clock.NoteReturn();
        WaiterChain decided = default;
        _policy.Steering.Release(_gate, permits, now - since, isIgnored || _gate.Pilot is null ? Ending.Ignored : Ending.Served, now, ref decided);
        decided.CompleteAll();
    }

    /// <summary>Takes out a waiter whose token was cancelled.</summary>
    public void Withdraw(Waiter waiter)
    {
        WaiterChain decided = default;
        _gate.Withdraw(waiter, _clock.Now, ref decided);
        decided.CompleteAll();
    }

    public void Dispose()
    {
        _disposed = true;
        DismissAll();
    }

    private static int PlacesOf(int permits) => Math.Max(permits, 1); // who waits for nothing takes a place, or the queue had no bound

    private LimiterWaiter NewWaiter(int permits, int places, CancellationToken cancellation) => new(this, _policy, cancellation) { Cost = permits, Places = places };

    // Oldest first nobody may. The policy's count goes up after permits are taken and down before they are returned, so that what looks full is full.
    private bool MayOvertake(int permits) => _newestFirst && _policy.InUse <= _gate.Limit - PlacesOf(permits);

    private void CountRefusal(int permits)
    {
        _policy.Tally.CountShed(ShedReason.QueueFull, default); // nobody asks when: reading the clock would take longer than all the rest
        _policy.Steering.NoteHeld(permits, isShed: true);
    }

    // who asks for nothing only asks whether there is room
    private bool Grows(int permits)
    {
        WaiterChain decided = default;
        bool grows = permits > 0 && _gate.Pilot is { IsCold: true } pilot && pilot.Grow(permits, mayWait: false, _clock.Now, ref decided);
        decided.CompleteAll();
        return grows;
    }

    private void DismissAll()
    {
        lock (_dismissing)
        {
            WaiterChain decided = default;
            _gate.Dismiss(_policy, ShedReason.Draining, _clock.Now, ref decided);
            decided.CompleteAll();
        }
    }
}
