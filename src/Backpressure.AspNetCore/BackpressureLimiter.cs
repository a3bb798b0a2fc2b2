using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore;

/// <summary>The engine of this package as a standard <see cref="RateLimiter"/>, for <c>UseRateLimiter</c>, message consumers and whatever else takes one.</summary>
/// <remarks>
/// With <see cref="LimitAlgorithm.Adaptive"/> the limit moves as that of the middleware does: an acquire that had to wait, or was refused, tells it that it binds, and a disposed lease is a sample
/// unless <see cref="BackpressureLease.Ignore"/> was called. A queued acquire is completed before the <c>Dispose</c> of the lease that makes room for it returns.
/// When a <c>Dispose</c> of the limiter returns, nobody is in the queue and every acquire that was refused because of the disposal is complete, also where two threads dispose at once;
/// one that another thread grants, displaces or cancels at that moment is complete when that thread's call returns.
/// </remarks>
public sealed class BackpressureLimiter : RateLimiter
{
    private readonly LimiterGate _gate;

    /// <summary>Makes a limiter.</summary>
    /// <param name="options">Its settings; read once.</param>
    /// <param name="time">Where it takes the time from; <see langword="null"/> for the system's clock.</param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    /// <exception cref="ArgumentException">A setting is out of its range; the message names it.</exception>
    public BackpressureLimiter(BackpressureLimiterOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _gate = new LimiterGate(options, LeaseOf, time ?? TimeProvider.System);
    }

    /// <summary>How long no permit has been in use and nobody has waited; <see langword="null"/> while one is or somebody does.</summary>
    public override TimeSpan? IdleDuration => _gate.IdleDuration;

    /// <inheritdoc />
    public override RateLimiterStatistics? GetStatistics() => _gate.GetStatistics();

    internal void GiveBack(int permits, TimeSpan since, bool isIgnored) => _gate.GiveBack(permits, since, isIgnored);

    /// <inheritdoc />
    protected override RateLimitLease AttemptAcquireCore(int permitCount) =>
        _gate.TryTake(permitCount, out int permits) || _gate.TryOvertake(permitCount, out permits) ? new BackpressureLease(this, permits, _gate.Since) : BackpressureLease.NoneFree;

    /// <inheritdoc />
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<RateLimitLease>(cancellationToken);
        }

        if (_gate.TryTake(permitCount, out int permits))
        {
            return new ValueTask<RateLimitLease>(new BackpressureLease(this, permits, _gate.Since));
        }

        return _gate.TryRefuse(permitCount)
            ? new ValueTask<RateLimitLease>(BackpressureLease.Refused(ShedReason.QueueFull))
            : _gate.WaitAsync(permitCount, cancellationToken);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        _gate.Dispose();
        base.Dispose(disposing);
    }

    /// <inheritdoc />
    protected override ValueTask DisposeAsyncCore()
    {
        _gate.Dispose();
        return base.DisposeAsyncCore();
    }

    private BackpressureLease LeaseOf(int permits, ShedReason? refusal) => refusal is { } reason ? BackpressureLease.Refused(reason) : new BackpressureLease(this, permits, _gate.Since);
}
