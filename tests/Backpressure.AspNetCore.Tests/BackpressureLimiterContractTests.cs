using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests;

public sealed class BackpressureLimiterContractTests : BackpressureLimiterContract
{
    protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => BackpressureLimiterTests.Fixed(permitLimit, queueLimit);

    public sealed class Endings : BackpressureLimiterEndingContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => BackpressureLimiterTests.Fixed(permitLimit, queueLimit);
    }

    public sealed class Counts : BackpressureLimiterStatisticsContract
    {
        protected override RateLimiter Create(int permitLimit, int queueLimit = 0) => BackpressureLimiterTests.Fixed(permitLimit, queueLimit);
    }
}
