using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests;

/// <summary>The part of the contract that says what leases tell about themselves.</summary>
public abstract class BackpressureLimiterMetadataContract
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    public async Task Who_finds_no_place_in_the_queue_is_told_why(int queueLimit, int permits)
    {
        using RateLimiter limiter = Create(permitLimit: 2, queueLimit);
        using RateLimitLease held = limiter.AttemptAcquire(2);

        using RateLimitLease refused = await limiter.AcquireAsync(permits);

        AssertTellsWhy(refused);
    }

    [Fact]
    public async Task Why_it_was_refused_can_be_read_from_a_disposed_lease()
    {
        using RateLimiter limiter = Create(permitLimit: 1);
        using RateLimitLease held = limiter.AttemptAcquire();
        RateLimitLease refused = await limiter.AcquireAsync();

        refused.Dispose();

        AssertTellsWhy(refused);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_lease_that_was_acquired_has_nothing_to_tell(int permits)
    {
        using RateLimiter limiter = Create(permitLimit: 2, queueLimit: 2);
        RateLimitLease attempted = limiter.AttemptAcquire(permits);
        AssertTellsNothing(attempted);
        attempted.Dispose();

        RateLimitLease acquired = BackpressureLimiterContract.Completed(limiter.AcquireAsync(permits).AsTask());
        AssertTellsNothing(acquired);
        acquired.Dispose();

        RateLimitLease held = limiter.AttemptAcquire(2);
        Task<RateLimitLease> waiting = limiter.AcquireAsync(permits).AsTask();
        Assert.False(waiting.IsCompleted);
        held.Dispose();
        AssertTellsNothing(BackpressureLimiterContract.Completed(waiting));
    }

    [Fact]
    public void A_lease_that_was_acquired_names_what_one_that_was_refused_would_tell()
    {
        using RateLimiter limiter = Create(permitLimit: 1, queueLimit: 1);

        using RateLimitLease lease = limiter.AttemptAcquire();

        Assert.Equal([MetadataName.ReasonPhrase.Name], lease.MetadataNames);
    }

    [Fact]
    public async Task No_lease_knows_what_it_does_not_name()
    {
        using RateLimiter limiter = Create(permitLimit: 1);
        using RateLimitLease granted = limiter.AttemptAcquire();
        using RateLimitLease refused = await limiter.AcquireAsync();

        Assert.All([granted, refused], lease =>
        {
            Assert.False(lease.TryGetMetadata("NO_SUCH_NAME", out object? metadata));
            Assert.Null(metadata);
        });
    }

    /// <summary>Typed, untyped, named and listed, it is one and the same sentence.</summary>
    internal static void AssertTellsWhy(RateLimitLease lease)
    {
        Assert.False(lease.IsAcquired);
        Assert.Contains(MetadataName.ReasonPhrase.Name, lease.MetadataNames);
        Assert.True(lease.TryGetMetadata(MetadataName.ReasonPhrase, out string? reason));
        Assert.False(string.IsNullOrWhiteSpace(reason));
        Assert.True(lease.TryGetMetadata(MetadataName.ReasonPhrase.Name, out object? untyped));
        Assert.Equal(reason, untyped);
        Assert.Contains(KeyValuePair.Create(MetadataName.ReasonPhrase.Name, (object?)reason), lease.GetAllMetadata());
    }

    internal static void AssertTellsNothing(RateLimitLease lease)
    {
        Assert.True(lease.IsAcquired);
        Assert.False(lease.TryGetMetadata(MetadataName.ReasonPhrase, out string? reason));
        Assert.Null(reason);
        Assert.False(lease.TryGetMetadata(MetadataName.RetryAfter, out _));
        Assert.Empty(lease.GetAllMetadata());
    }

    protected abstract RateLimiter Create(int permitLimit, int queueLimit = 0);
}
