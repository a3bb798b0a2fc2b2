using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests;

/// <summary>The part of the contract that says what becomes of waiters, leases and later calls when the limiter is disposed.</summary>
public abstract class BackpressureLimiterDisposalContract
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disposal_fails_all_who_wait_and_whoever_comes_later(bool async)
    {
        RateLimiter limiter = Create(permitLimit: 1, queueLimit: 3);
        RateLimitLease lease = limiter.AttemptAcquire();
        Task<RateLimitLease>[] waiting = [limiter.AcquireAsync().AsTask(), limiter.AcquireAsync().AsTask()];

        if (async)
        {
            await limiter.DisposeAsync();
        }
        else
        {
            limiter.Dispose();
        }

        Assert.All(waiting, task => Assert.False(BackpressureLimiterContract.Completed(task).IsAcquired));
        Assert.Throws<ObjectDisposedException>(() => limiter.AttemptAcquire());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => limiter.AcquireAsync().AsTask());
        Assert.Throws<ObjectDisposedException>(limiter.GetStatistics);
        Assert.Null(Record.Exception(lease.Dispose));
    }

    [Fact]
    public void Disposal_is_harmless_after_a_cancelled_wait_and_when_it_is_repeated()
    {
        RateLimiter limiter = Create(permitLimit: 1, queueLimit: 1);
        using RateLimitLease lease = limiter.AttemptAcquire();
        using CancellationTokenSource source = new();
        _ = limiter.AcquireAsync(1, source.Token).AsTask();
        source.Cancel();

        Assert.Null(Record.Exception(limiter.Dispose));
        Assert.Null(Record.Exception(limiter.Dispose));
    }

    [Fact]
    public void Who_was_failed_by_the_disposal_stays_failed_whatever_comes_after()
    {
        RateLimiter limiter = Create(permitLimit: 1, queueLimit: 1);
        RateLimitLease lease = limiter.AttemptAcquire();
        using CancellationTokenSource source = new();
        Task<RateLimitLease> waiting = limiter.AcquireAsync(1, source.Token).AsTask();
        limiter.Dispose();

        source.Cancel();
        lease.Dispose();

        Assert.False(BackpressureLimiterContract.Completed(waiting).IsAcquired);
    }

    [Fact]
    public async Task Disposal_is_the_end_for_zero_permits_too()
    {
        RateLimiter limiter = Create(permitLimit: 1, queueLimit: 1);

        await limiter.DisposeAsync();
        limiter.Dispose();

        Assert.Throws<ObjectDisposedException>(() => limiter.AttemptAcquire(0));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => limiter.AcquireAsync(0).AsTask());
    }

    protected abstract RateLimiter Create(int permitLimit, int queueLimit = 0);
}
