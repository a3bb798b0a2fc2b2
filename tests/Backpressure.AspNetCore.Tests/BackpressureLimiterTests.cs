using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests;

public class BackpressureLimiterTests
{
    [Fact]
    public void A_fixed_limit_is_the_permit_limit()
    {
        using BackpressureLimiter limiter = Fixed(7);

        Assert.Equal(7, limiter.GetStatistics()!.CurrentAvailablePermits);
    }

    [Fact]
    public void In_this_version_an_adaptive_limit_stays_where_it_starts()
    {
        using BackpressureLimiter limiter = new(new BackpressureLimiterOptions { PermitLimit = 100, InitialLimit = 5 });

        for (int i = 0; i < 5; i++)
        {
            Assert.True(limiter.AttemptAcquire().IsAcquired);
        }

        Assert.False(limiter.AttemptAcquire().IsAcquired);
    }

    [Fact]
    public void Settings_are_read_once()
    {
        BackpressureLimiterOptions options = new() { Algorithm = LimitAlgorithm.Fixed, PermitLimit = 1 };
        using BackpressureLimiter limiter = new(options);

        options.PermitLimit = 50;

        Assert.Equal(1, limiter.GetStatistics()!.CurrentAvailablePermits);
    }

    [Fact]
    public void A_limiter_needs_options() => Assert.Throws<ArgumentNullException>("options", () => new BackpressureLimiter(null!));

    [Fact]
    public void Too_many_permits_are_refused_with_both_numbers()
    {
        using BackpressureLimiter limiter = Fixed(3);

        Assert.StartsWith("4 permits exceed the limit of 3", Assert.Throws<ArgumentOutOfRangeException>(() => limiter.AttemptAcquire(4)).Message, StringComparison.Ordinal);
    }

    [Fact] // B3, C18: the framework's limiter lets them wait until the next release
    public void A_dear_head_that_cancels_lets_the_cheap_ones_behind_it_run()
    {
        using BackpressureLimiter limiter = Fixed(3, queueLimit: 10);
        using RateLimitLease lease = limiter.AttemptAcquire();
        using CancellationTokenSource source = new();
        Task<RateLimitLease> dear = limiter.AcquireAsync(3, source.Token).AsTask();
        Task<RateLimitLease>[] cheap = [limiter.AcquireAsync().AsTask(), limiter.AcquireAsync().AsTask()];

        source.Cancel();

        Assert.True(dear.IsCanceled);
        Assert.All(cheap, task => Assert.True(BackpressureLimiterContract.Completed(task).IsAcquired));
    }

    [Fact] // the framework's limiter lets any number of them wait, whatever its queue
    public void An_acquire_of_zero_permits_takes_a_place_so_that_the_queue_is_bounded()
    {
        using BackpressureLimiter limiter = Fixed(1, queueLimit: 1);
        using RateLimitLease lease = limiter.AttemptAcquire();

        Assert.False(limiter.AcquireAsync(0).AsTask().IsCompleted);
        Assert.False(BackpressureLimiterContract.Completed(limiter.AcquireAsync(0).AsTask()).IsAcquired);
        Assert.Equal((1, 1), (limiter.GetStatistics()!.CurrentQueuedCount, limiter.GetStatistics()!.TotalFailedLeases));
    }

    [Fact]
    public void Without_a_queue_nothing_waits_not_even_for_zero_permits()
    {
        using BackpressureLimiter limiter = Fixed(1, queueLimit: 0);
        using RateLimitLease lease = limiter.AttemptAcquire();

        Assert.False(BackpressureLimiterContract.Completed(limiter.AcquireAsync(0).AsTask()).IsAcquired);
    }

    [Fact]
    public void Leases_carry_no_metadata_in_this_version()
    {
        using BackpressureLimiter limiter = Fixed(1);
        using RateLimitLease granted = limiter.AttemptAcquire();
        using RateLimitLease refused = BackpressureLimiterContract.Completed(limiter.AcquireAsync().AsTask());

        Assert.All([granted, refused], lease =>
        {
            Assert.Empty(lease.MetadataNames);
            Assert.False(lease.TryGetMetadata(MetadataName.RetryAfter, out _));
        });
    }

    [Fact]
    public void A_lease_can_be_ignored_as_a_sample_and_gives_its_permit_back_all_the_same()
    {
        using BackpressureLimiter limiter = Fixed(1);
        BackpressureLease lease = Assert.IsType<BackpressureLease>(limiter.AttemptAcquire());
        Assert.False(lease.IsIgnored);

        lease.Ignore();
        lease.Dispose();

        Assert.True(lease.IsIgnored);
        Assert.Equal(1, limiter.GetStatistics()!.CurrentAvailablePermits);
    }

    [Fact]
    public async Task An_acquire_that_need_not_wait_allocates_its_lease_and_nothing_else()
    {
        using BackpressureLimiter limiter = Fixed(1);
        (await limiter.AcquireAsync()).Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 1_000; i++)
        {
            (await limiter.AcquireAsync()).Dispose();
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1_000, 0, 40);
    }

    internal static BackpressureLimiter Fixed(int permitLimit, int queueLimit = 0, TimeProvider? time = null) =>
        new(new BackpressureLimiterOptions { Algorithm = LimitAlgorithm.Fixed, PermitLimit = permitLimit, QueueLimit = queueLimit }, time);
}
