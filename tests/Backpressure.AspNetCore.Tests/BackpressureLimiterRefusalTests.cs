using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Tests.Admission;

namespace Backpressure.AspNetCore.Tests;

/// <summary>A refusal costs next to nothing: it is what there is most of when there is too much of everything.</summary>
[Collection(nameof(AloneInProcess))]
public class BackpressureLimiterRefusalTests
{
    private const int Rounds = 1_000;

    public static TheoryData<QueueProcessingOrder, int, int> Attempts => new()
    {
        { QueueProcessingOrder.OldestFirst, 0, 0 },
        { QueueProcessingOrder.OldestFirst, 0, 1 },
        { QueueProcessingOrder.OldestFirst, 1, 1 },
        { QueueProcessingOrder.OldestFirst, 2, 1 },
        { QueueProcessingOrder.NewestFirst, 0, 0 },
        { QueueProcessingOrder.NewestFirst, 0, 1 },
        { QueueProcessingOrder.NewestFirst, 1, 1 },
        { QueueProcessingOrder.NewestFirst, 2, 1 },
    };

    [Theory]
    [MemberData(nameof(Attempts))]
    public void Refusing_an_attempt_allocates_nothing(QueueProcessingOrder order, int queueLimit, int permits)
    {
        using BackpressureLimiter limiter = Full(queueLimit, order);

        Assert.Equal(0, AllocatedBy(limiter, () => limiter.AttemptAcquire(permits)));
    }

    [Fact]
    public void Refusing_an_attempt_for_the_sake_of_who_waits_allocates_nothing()
    {
        using BackpressureLimiter limiter = BackpressureLimiterTests.Fixed(2, queueLimit: 4);
        using RateLimitLease held = limiter.AttemptAcquire();
        _ = limiter.AcquireAsync(2).AsTask();

        Assert.Equal(0, AllocatedBy(limiter, () => limiter.AttemptAcquire()));
    }

    [Fact]
    public void Refusing_an_attempt_that_is_too_dear_to_overtake_allocates_nothing()
    {
        using BackpressureLimiter limiter = BackpressureLimiterTests.Fixed(3, queueLimit: 3, order: QueueProcessingOrder.NewestFirst);
        using RateLimitLease held = limiter.AttemptAcquire(2);
        _ = limiter.AcquireAsync(3).AsTask();

        Assert.Equal(0, AllocatedBy(limiter, () => limiter.AttemptAcquire(2)));
    }

    [Theory]
    [InlineData(QueueProcessingOrder.OldestFirst, 0, 0)]
    [InlineData(QueueProcessingOrder.OldestFirst, 0, 1)]
    [InlineData(QueueProcessingOrder.OldestFirst, 1, 0)]
    [InlineData(QueueProcessingOrder.OldestFirst, 1, 1)]
    [InlineData(QueueProcessingOrder.OldestFirst, 1, 2)]
    [InlineData(QueueProcessingOrder.NewestFirst, 0, 0)] // with a queue, newest first refuses only who is dearer than all of it
    [InlineData(QueueProcessingOrder.NewestFirst, 0, 1)]
    [InlineData(QueueProcessingOrder.NewestFirst, 1, 2)]
    public void Refusing_who_would_wait_allocates_nothing(QueueProcessingOrder order, int queueLimit, int permits)
    {
        using BackpressureLimiter limiter = Full(queueLimit, order);
        using CancellationTokenSource source = new();

        Assert.Equal(0, AllocatedBy(limiter, () => Refusal(limiter.AcquireAsync(permits, source.Token))));
    }

    [Fact]
    public void Refusing_who_finds_too_few_places_in_the_queue_allocates_what_asks_for_them_but_no_task()
    {
        using BackpressureLimiter limiter = BackpressureLimiterTests.Fixed(2, queueLimit: 2);
        using RateLimitLease held = limiter.AttemptAcquire(2);
        _ = limiter.AcquireAsync().AsTask();

        Assert.InRange(AllocatedBy(limiter, () => Refusal(limiter.AcquireAsync(2))), 0, 136L * Rounds);
    }

    /// <summary>A limiter with its two permits held and its queue full.</summary>
    private static BackpressureLimiter Full(int queueLimit, QueueProcessingOrder order)
    {
        BackpressureLimiter limiter = BackpressureLimiterTests.Fixed(2, queueLimit, order: order);
        _ = limiter.AttemptAcquire(2);
        for (int i = 0; i < queueLimit; i++)
        {
            Assert.False(limiter.AcquireAsync().AsTask().IsCompleted);
        }

        return limiter;
    }

    private static RateLimitLease Refusal(ValueTask<RateLimitLease> refusal) => refusal.IsCompletedSuccessfully ? refusal.Result : throw new InvalidOperationException("It waits.");

    /// <summary>The bytes that so many refusals allocate, each of which is counted once.</summary>
    private static long AllocatedBy(BackpressureLimiter limiter, Func<RateLimitLease> refuse)
    {
        refuse().Dispose();
        bool any = false;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
        {
            using RateLimitLease lease = refuse();
            any |= lease.IsAcquired;
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.False(any);
        Assert.Equal(Rounds + 1, limiter.GetStatistics()!.TotalFailedLeases);
        return allocated;
    }
}
