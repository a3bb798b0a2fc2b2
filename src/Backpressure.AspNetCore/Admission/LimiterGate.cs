using System.Diagnostics;
using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Admission;

/// <summary>Wraps a gate with one policy into what a standard limiter needs: waiting, statistics, idleness, disposal.</summary>
internal sealed class LimiterGate : IDisposable
{
    private readonly AdmissionGate _gate;
    private readonly PolicyGate _policy;
    private readonly TimeProvider _time;
    private readonly long _start;
    private long _idleSince; // Volatile only; a timestamp, meaningful while nothing is in use
    private volatile bool _disposed;

    public LimiterGate(int limit, int queueLimit, QueueProcessingOrder order, TimeProvider time)
    {
        bool newestFirst = order == QueueProcessingOrder.NewestFirst;
        _time = time;
        _start = time.GetTimestamp();
        _idleSince = _start;
        _gate = new AdmissionGate(limit, honoursAge: false); // "newest first" means just that to those who use limiters
        _policy = _gate.AddPolicy(PolicyReading.DefaultPolicy, new PolicySettings
        {
            QueueCapacity = queueLimit,
            Order = newestFirst ? QueueOrder.NewestFirst : QueueOrder.OldestFirst,
            EvictsOldest = newestFirst,
        });
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

    /// <summary>Takes permits that are free now.</summary>
    /// <param name="permitCount">How many; an error names it as the limiter's callers know it.</param>
    /// <param name="countRefusal">Whether a refusal is the last word, and no wait follows.</param>
    /// <exception cref="ArgumentOutOfRangeException">More permits than the limit.</exception>
    /// <exception cref="ObjectDisposedException">The limiter is disposed.</exception>
    public bool TryTake(int permitCount, bool countRefusal)
    {
        if (permitCount > _gate.Limit)
        {
            throw new ArgumentOutOfRangeException(nameof(permitCount), permitCount, $"{permitCount} permits exceed the limit of {_gate.Limit}; such a lease could never be given.");
        }

        ObjectDisposedException.ThrowIf(_disposed, typeof(BackpressureLimiter));
        WaiterChain none = default;
        if (_gate.TryTake(_policy, permitCount, default, ref none, out _)) // the time matters only where a policy can get a cap
        {
            return true;
        }

        return countRefusal && TryOvertake(permitCount);
    }

    /// <summary>Waits for permits.</summary>
    /// <param name="permits">How many.</param>
    /// <param name="leaseOf">Makes the lease: granted, or refused for a reason: the queue has no place, somebody newer took it, or the limiter is disposed meanwhile.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<RateLimitLease> WaitAsync(int permits, Func<ShedReason?, RateLimitLease> leaseOf, CancellationToken cancellation)
    {
        LimiterWaiter waiter = new(_policy, leaseOf, cancellation) { Cost = permits, Places = Math.Max(permits, 1) }; // who waits for nothing takes a place, or the queue had no bound
        WaiterChain decided = default;
        Outcome outcome = _gate.Enter(waiter, Now, ref decided);
        decided.CompleteAll();
        if (outcome != Outcome.Waiting)
        {
            waiter.Complete();
            return waiter.Lease;
        }

        if (_disposed)
        {
            DismissAll(); // it was disposed while this one entered
        }

        return cancellation.CanBeCanceled ? WithdrawOnAsync(waiter, cancellation) : waiter.Lease;
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

    public void Dispose()
    {
        _disposed = true;
        DismissAll();
    }

    /// <summary>Takes permits that are free but held for somebody whom newest first lets a newcomer overtake; a refusal is counted.</summary>
    private bool TryOvertake(int permits)
    {
        LimiterWaiter newcomer = new(_policy, static _ => throw new UnreachableException(), default) { Cost = permits, Places = int.MaxValue }; // more than any queue has, so that it never waits
        WaiterChain decided = default;
        Outcome outcome = _gate.Enter(newcomer, Now, ref decided);
        decided.CompleteAll();
        return outcome == Outcome.Granted;
    }

    private void DismissAll()
    {
        WaiterChain decided = default;
        _gate.Dismiss(_policy, ShedReason.Draining, Now, ref decided);
        decided.CompleteAll();
    }

    private Task<RateLimitLease> WithdrawOnAsync(LimiterWaiter waiter, CancellationToken cancellation)
    {
        CancellationTokenRegistration leaving = cancellation.UnsafeRegister(
            static state =>
            {
                (LimiterGate gate, LimiterWaiter waiter) = ((LimiterGate, LimiterWaiter))state!;
                gate.Withdraw(waiter);
            },
            (this, waiter));
        _ = UnregisterAfterAsync(waiter.Lease, leaving);
        return waiter.Lease;
    }

    private static async Task UnregisterAfterAsync(Task lease, CancellationTokenRegistration leaving)
    {
        await lease.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        leaving.Unregister(); // the token may live much longer than the wait (B4)
    }

    private void Withdraw(Waiter waiter)
    {
        WaiterChain decided = default;
        _gate.Withdraw(waiter, Now, ref decided);
        decided.CompleteAll();
    }
}
