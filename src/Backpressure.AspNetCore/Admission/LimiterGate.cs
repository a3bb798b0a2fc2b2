using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Retries;

namespace Backpressure.AspNetCore.Admission;

/// <summary>Wraps a gate with one policy into what a standard limiter needs: waiting, statistics, idleness, disposal.</summary>
internal sealed class LimiterGate : IDisposable
{
    private readonly AdmissionGate _gate;
    private readonly PolicyGate _policy;
    private readonly TimeProvider _time;
    private readonly long _start;
    private long _idleSinceTicks; // Volatile only; meaningful while nothing is in use
    private volatile bool _disposed;

    public LimiterGate(int limit, int queueLimit, TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
        _gate = new AdmissionGate(limit);
        _policy = _gate.AddPolicy(PolicyReading.DefaultPolicy, limit, queueLimit, new RetryAllowance(new RetryBudgetOptions()));
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

            TimeSpan since = TimeSpan.FromTicks(Volatile.Read(ref _idleSinceTicks)); // read before the clock, or another thread's release might lie in the future
            return Now - since;
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
        ObjectDisposedException.ThrowIf(_disposed, typeof(BackpressureLimiter));
        if (permitCount > _gate.Limit)
        {
            throw new ArgumentOutOfRangeException(nameof(permitCount), permitCount, $"{permitCount} permits exceed the limit of {_gate.Limit}; such a lease could never be given.");
        }

        bool taken = _gate.TryEnter(_policy, permitCount, isRetry: false, Now);
        if (!taken && countRefusal)
        {
            _gate.Refuse(_policy, ShedReason.QueueFull, Now);
        }

        return taken;
    }

    /// <summary>Waits for permits.</summary>
    /// <param name="permits">How many.</param>
    /// <param name="leaseOf">Makes the lease: granted, or refused because the queue has no place or the limiter is disposed meanwhile.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<RateLimitLease> WaitAsync(int permits, Func<bool, RateLimitLease> leaseOf, CancellationToken cancellation)
    {
        LimiterWaiter waiter = new(_policy, leaseOf, cancellation) { Cost = permits, Places = Math.Max(permits, 1) }; // who waits for nothing takes a place, or the queue had no bound
        if (_gate.Enqueue(waiter, Now) != Outcome.Waiting)
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

        TimeSpan now = Now;
        Volatile.Write(ref _idleSinceTicks, now.Ticks);
        WaiterChain decided = default;
        _gate.Leave(_policy, permits, now, ref decided);
        decided.CompleteAll();
    }

    public void Dispose()
    {
        _disposed = true;
        DismissAll();
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
