using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests.Hosting;

/// <summary>A limiter that an application brings along and that does what a test wants.</summary>
internal sealed class StrangersLimiter : RateLimiter
{
    public Func<RateLimitLease> OnAttempt { get; init; } = static () => new StrangersLease(true);

    public Func<ValueTask<RateLimitLease>> OnAcquire { get; init; } = static () => new(new StrangersLease(true));

    public int Disposals { get; private set; }

    public override TimeSpan? IdleDuration => null;

    public override RateLimiterStatistics? GetStatistics() => null;

    protected override RateLimitLease AttemptAcquireCore(int permitCount) => OnAttempt();

    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) => OnAcquire();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Disposals++;
        }

        base.Dispose(disposing);
    }

    protected override ValueTask DisposeAsyncCore()
    {
        Disposals++;
        return base.DisposeAsyncCore();
    }
}
