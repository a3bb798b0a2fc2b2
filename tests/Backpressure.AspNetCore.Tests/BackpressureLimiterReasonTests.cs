using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests;

/// <summary>Every refusal of ours says why; of the framework's only those of a full queue do.</summary>
public class BackpressureLimiterReasonTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void An_attempt_that_is_refused_is_told_why(int permits)
    {
        AssertRefusals(limiter =>
        {
            _ = limiter.AttemptAcquire(2);
            return [limiter.AttemptAcquire(permits)];
        });
    }

    [Fact]
    public void Who_waits_at_a_limiter_that_is_disposed_is_told_why()
    {
        AssertRefusals(limiter =>
        {
            _ = limiter.AttemptAcquire(2);
            Task<RateLimitLease>[] waiting = [limiter.AcquireAsync().AsTask(), limiter.AcquireAsync().AsTask()];
            limiter.Dispose();
            return [.. waiting.Select(BackpressureLimiterContract.Completed)];
        });
    }

    [Fact]
    public void Who_is_displaced_by_a_newcomer_is_told_why()
    {
        AssertRefusals(
            limiter =>
            {
                _ = limiter.AttemptAcquire(2);
                Task<RateLimitLease>[] waiting = [limiter.AcquireAsync().AsTask(), limiter.AcquireAsync().AsTask()];
                _ = limiter.AcquireAsync(2).AsTask();
                return [.. waiting.Select(BackpressureLimiterContract.Completed)];
            },
            QueueProcessingOrder.NewestFirst);
    }

    private static void AssertRefusals(Func<RateLimiter, RateLimitLease[]> refuse, QueueProcessingOrder order = QueueProcessingOrder.OldestFirst)
    {
        using ConcurrencyLimiter framework = BackpressureLimiterPeerTests.Framework(permitLimit: 2, queueLimit: 2, order);
        Assert.All(refuse(framework), lease => Assert.False(lease.IsAcquired || lease.TryGetMetadata(MetadataName.ReasonPhrase, out _)));

        using BackpressureLimiter ours = BackpressureLimiterTests.Fixed(permitLimit: 2, queueLimit: 2, order: order);
        Assert.All(refuse(ours), BackpressureLimiterMetadataContract.AssertTellsWhy);
    }
}
