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
    public void An_adaptive_limit_starts_where_it_is_told_to()
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

    internal static BackpressureLimiter Fixed(
        int permitLimit, int queueLimit = 0, TimeProvider? time = null, QueueProcessingOrder order = QueueProcessingOrder.OldestFirst)
    {
        BackpressureLimiterOptions options = new() { Algorithm = LimitAlgorithm.Fixed, PermitLimit = permitLimit, QueueLimit = queueLimit };
        options.QueueProcessingOrder = order;
        return new BackpressureLimiter(options, time);
    }
}
