using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests;

/// <summary>The framework's own limiter holds the same contract: the tests ask for what is expected of any limiter, not for what ours happens to do.</summary>
public sealed class BackpressureLimiterPeerTests : BackpressureLimiterContract
{
    protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => Framework(permitLimit, queueLimit);

    private static ConcurrencyLimiter Framework(int permitLimit, int queueLimit) =>
        new(new ConcurrencyLimiterOptions { PermitLimit = permitLimit, QueueLimit = queueLimit, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });

    public sealed class Endings : BackpressureLimiterEndingContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => Framework(permitLimit, queueLimit);
    }

    public sealed class Counts : BackpressureLimiterStatisticsContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => Framework(permitLimit, queueLimit);
    }
}
