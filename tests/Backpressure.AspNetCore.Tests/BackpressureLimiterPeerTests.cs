using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests;

/// <summary>The framework's own limiter holds the same contract: the tests ask for what is expected of any limiter, not for what ours happens to do.</summary>
public sealed class BackpressureLimiterPeerTests : BackpressureLimiterContract
{
    protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => Framework(permitLimit, queueLimit);

    internal static ConcurrencyLimiter Framework(int permitLimit, int queueLimit = 0, QueueProcessingOrder order = QueueProcessingOrder.OldestFirst) =>
        new(new ConcurrencyLimiterOptions { PermitLimit = permitLimit, QueueLimit = queueLimit, QueueProcessingOrder = order });

    public sealed class Oldest : BackpressureLimiterOldestContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => Framework(permitLimit, queueLimit);
    }

    public sealed class Newest : BackpressureLimiterNewestContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => Framework(permitLimit, queueLimit, QueueProcessingOrder.NewestFirst);
    }

    public sealed class Evictions : BackpressureLimiterEvictionContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => Framework(permitLimit, queueLimit, QueueProcessingOrder.NewestFirst);
    }

    public sealed class NewestFirst : BackpressureLimiterContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => Framework(permitLimit, queueLimit, QueueProcessingOrder.NewestFirst);
    }

    public sealed class Endings : BackpressureLimiterEndingContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => Framework(permitLimit, queueLimit);
    }

    public sealed class EndingsNewestFirst : BackpressureLimiterEndingContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => Framework(permitLimit, queueLimit, QueueProcessingOrder.NewestFirst);
    }

    public sealed class Disposals : BackpressureLimiterDisposalContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => Framework(permitLimit, queueLimit);
    }

    public sealed class DisposalsNewestFirst : BackpressureLimiterDisposalContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => Framework(permitLimit, queueLimit, QueueProcessingOrder.NewestFirst);
    }

    public sealed class Counts : BackpressureLimiterStatisticsContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => Framework(permitLimit, queueLimit);
    }

    public sealed class CountsNewestFirst : BackpressureLimiterStatisticsContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => Framework(permitLimit, queueLimit, QueueProcessingOrder.NewestFirst);
    }

    public sealed class Metadata : BackpressureLimiterMetadataContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => Framework(permitLimit, queueLimit);
    }

    public sealed class MetadataNewestFirst : BackpressureLimiterMetadataContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => Framework(permitLimit, queueLimit, QueueProcessingOrder.NewestFirst);
    }

    public sealed class IdleTime : BackpressureLimiterIdleContract
    {
        protected override TimeProvider Clock => TimeProvider.System;

        protected override RateLimiter Create(int permitLimit, TimeProvider time) => Framework(permitLimit);

        protected override void Pass()
        {
            long start = Clock.GetTimestamp();
            while (Clock.GetElapsedTime(start) < TimeSpan.FromMilliseconds(1))
            {
                Thread.SpinWait(10); // it has no clock that could be set
            }
        }
    }
}
