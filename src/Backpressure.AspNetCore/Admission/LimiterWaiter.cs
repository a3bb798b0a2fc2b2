using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Admission;

/// <summary>Waits for a lease of a limiter; its task is complete when <see cref="Complete"/> returns.</summary>
internal sealed class LimiterWaiter : Waiter
{
    private readonly TaskCompletionSource<RateLimitLease> _lease = new(TaskCreationOptions.RunContinuationsAsynchronously); // T3
    private readonly Func<ShedReason?, RateLimitLease> _leaseOf;
    private readonly CancellationToken _cancellation;

    public LimiterWaiter(PolicyGate policy, Func<ShedReason?, RateLimitLease> leaseOf, CancellationToken cancellation)
    {
        Policy = policy;
        _leaseOf = leaseOf;
        _cancellation = cancellation;
    }

    public Task<RateLimitLease> Lease => _lease.Task;

    public override void Complete()
    {
        if (Outcome == Outcome.Cancelled)
        {
            _lease.TrySetCanceled(_cancellation);
        }
        else
        {
            _lease.TrySetResult(_leaseOf(Outcome == Outcome.Granted ? null : Reason));
        }
    }
}
