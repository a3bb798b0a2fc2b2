using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Admission;

/// <summary>Waits for a lease of a limiter; its task is complete when <see cref="Complete"/> returns, and is made for those alone who wait.</summary>
internal sealed class LimiterWaiter : Waiter
{
    private readonly LimiterGate _gate;
    private readonly CancellationToken _cancellation;
    private object? _answer; // Interlocked only: the task's source or the lease, whichever came first

    public LimiterWaiter(LimiterGate gate, PolicyGate policy, CancellationToken cancellation)
    {
        _gate = gate;
        Policy = policy;
        _cancellation = cancellation;
    }

    /// <summary>The lease of who was granted its permits or refused.</summary>
    public RateLimitLease ToLease() => _gate.LeaseOf(Permits, Outcome == Outcome.Granted ? null : Reason);

    /// <summary>The lease to come; to be asked for once, and before the wait can be cancelled.</summary>
    public Task<RateLimitLease> WaitAsync()
    {
        TaskCompletionSource<RateLimitLease> source = new(TaskCreationOptions.RunContinuationsAsynchronously); // T3
        object? first = Interlocked.CompareExchange(ref _answer, source, null);
        return first is RateLimitLease lease ? Task.FromResult(lease) : source.Task; // whoever completes it may have been faster
    }

    /// <summary>From now on leaves the queue when its token is cancelled.</summary>
    public void HeedCancellation(Task lease) =>
        _ = UnregisterAfterAsync(lease, _cancellation.UnsafeRegister(static state => ((LimiterWaiter)state!).Withdraw(), this));

    public override void Complete()
    {
        if (Outcome == Outcome.Cancelled)
        {
            ((TaskCompletionSource<RateLimitLease>)Volatile.Read(ref _answer)!).TrySetCanceled(_cancellation);
            return;
        }

        RateLimitLease lease = ToLease();
        if (Interlocked.CompareExchange(ref _answer, lease, null) is TaskCompletionSource<RateLimitLease> source)
        {
            source.TrySetResult(lease);
        }
    }

    private static async Task UnregisterAfterAsync(Task lease, CancellationTokenRegistration leaving)
    {
        await lease.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        leaving.Unregister(); // the token may live much longer than the wait (B4)
    }

    private void Withdraw() => _gate.Withdraw(this);
}
