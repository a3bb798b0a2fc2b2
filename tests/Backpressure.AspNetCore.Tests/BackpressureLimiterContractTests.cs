using System.Threading.RateLimiting;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests;

public sealed class BackpressureLimiterContractTests : BackpressureLimiterContract
{
    protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => BackpressureLimiterTests.Fixed(permitLimit, queueLimit);

    private static BackpressureLimiter LastComesFirst(int permitLimit, int queueLimit) =>
        BackpressureLimiterTests.Fixed(permitLimit, queueLimit, order: QueueProcessingOrder.NewestFirst);

    public sealed class Oldest : BackpressureLimiterOldestContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => BackpressureLimiterTests.Fixed(permitLimit, queueLimit);
    }

    public sealed class Newest : BackpressureLimiterNewestContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => LastComesFirst(permitLimit, queueLimit);
    }

    public sealed class Evictions : BackpressureLimiterEvictionContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => LastComesFirst(permitLimit, queueLimit);
    }

    public sealed class NewestFirst : BackpressureLimiterContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => LastComesFirst(permitLimit, queueLimit);
    }

    public sealed class Endings : BackpressureLimiterEndingContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => BackpressureLimiterTests.Fixed(permitLimit, queueLimit);
    }

    public sealed class EndingsNewestFirst : BackpressureLimiterEndingContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => LastComesFirst(permitLimit, queueLimit);
    }

    public sealed class Disposals : BackpressureLimiterDisposalContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => BackpressureLimiterTests.Fixed(permitLimit, queueLimit);
    }

    public sealed class DisposalsNewestFirst : BackpressureLimiterDisposalContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => LastComesFirst(permitLimit, queueLimit);
    }

    public sealed class Counts : BackpressureLimiterStatisticsContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => BackpressureLimiterTests.Fixed(permitLimit, queueLimit);
    }

    public sealed class CountsNewestFirst : BackpressureLimiterStatisticsContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => LastComesFirst(permitLimit, queueLimit);
    }

    public sealed class Metadata : BackpressureLimiterMetadataContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => BackpressureLimiterTests.Fixed(permitLimit, queueLimit);
    }

    public sealed class MetadataNewestFirst : BackpressureLimiterMetadataContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => LastComesFirst(permitLimit, queueLimit);
    }

    public sealed class IdleTime : BackpressureLimiterIdleContract
    {
        private readonly FakeTimeProvider _time = new();

        protected override TimeProvider Clock => _time;

        protected override RateLimiter Create(int permitLimit, TimeProvider time) => BackpressureLimiterTests.Fixed(permitLimit, time: time);

        protected override void Pass() => _time.Advance(TimeSpan.FromSeconds(1));
    }
}
