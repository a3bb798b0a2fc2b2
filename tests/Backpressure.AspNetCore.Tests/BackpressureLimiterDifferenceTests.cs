using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests;

/// <summary>Where ours differs from the framework's limiter on purpose; each test runs the framework's as well, so that it fails when there is no difference any more.</summary>
public class BackpressureLimiterDifferenceTests
{
    public static TheoryData<QueueProcessingOrder> Orders => [QueueProcessingOrder.OldestFirst, QueueProcessingOrder.NewestFirst];

    [Theory] // B3, C18: permits would lie idle until the next release, which may never come
    [MemberData(nameof(Orders))]
    public void A_dear_one_whose_turn_it_is_and_that_cancels_lets_the_cheap_ones_behind_it_run(QueueProcessingOrder order)
    {
        Assert.Equal([true, true], RunAfterCancel(Ours(3, 10, order)));
        Assert.Equal([false, false], RunAfterCancel(Framework(3, 10, order)));

        bool[] RunAfterCancel(RateLimiter limiter)
        {
            using CancellationTokenSource source = new();
            RateLimitLease[] held = [limiter.AttemptAcquire(), limiter.AttemptAcquire(2)];
            Task<RateLimitLease>? dear = order == QueueProcessingOrder.OldestFirst ? limiter.AcquireAsync(3, source.Token).AsTask() : null;
            Task<RateLimitLease>[] cheap = [limiter.AcquireAsync().AsTask(), limiter.AcquireAsync().AsTask()];
            dear ??= limiter.AcquireAsync(3, source.Token).AsTask();
            held[1].Dispose();
            Assert.All([dear, .. cheap], task => Assert.False(task.IsCompleted));

            source.Cancel();

            Assert.True(dear.IsCanceled);
            return [.. cheap.Select(task => task.IsCompletedSuccessfully && task.Result.IsAcquired)];
        }
    }

    [Fact] // the framework's lets any number of them wait, so that nothing bounds its queue
    public void An_acquire_of_zero_permits_takes_a_place_in_the_queue()
    {
        Assert.Equal((false, true, 1, 1), QueueTwice(Ours(1, 1)));
        Assert.Equal((false, false, 0, 0), QueueTwice(Framework(1, 1)));

        static (bool First, bool Second, long Queued, long Failed) QueueTwice(RateLimiter limiter)
        {
            _ = limiter.AttemptAcquire();
            Task<RateLimitLease> first = limiter.AcquireAsync(0).AsTask();
            Task<RateLimitLease> second = limiter.AcquireAsync(0).AsTask();
            RateLimiterStatistics statistics = limiter.GetStatistics()!;
            return (first.IsCompleted, second.IsCompleted, statistics.CurrentQueuedCount, statistics.TotalFailedLeases);
        }
    }

    [Fact] // for the same reason
    public void Without_a_queue_nothing_waits_not_even_for_zero_permits()
    {
        Assert.True(IsRefused(Ours(1, 0)));
        Assert.False(IsRefused(Framework(1, 0)));

        static bool IsRefused(RateLimiter limiter)
        {
            _ = limiter.AttemptAcquire();
            Task<RateLimitLease> zero = limiter.AcquireAsync(0).AsTask();
            return zero.IsCompleted && !zero.Result.IsAcquired;
        }
    }

    [Fact] // for the same reason: who takes a place can lose it
    public void Newest_first_displaces_an_acquire_of_zero_permits_like_any_other()
    {
        Assert.True(IsDisplaced(Ours(1, 1, QueueProcessingOrder.NewestFirst)));
        Assert.False(IsDisplaced(Framework(1, 1, QueueProcessingOrder.NewestFirst)));

        static bool IsDisplaced(RateLimiter limiter)
        {
            _ = limiter.AttemptAcquire();
            Task<RateLimitLease> zero = limiter.AcquireAsync(0).AsTask();
            Assert.False(limiter.AcquireAsync().AsTask().IsCompleted);
            return zero.IsCompleted && !zero.Result.IsAcquired;
        }
    }

    [Fact] // who asks for zero permits asks whether one is free; the framework's says yes after the last one went to the waiter before
    public void An_acquire_of_zero_permits_waits_until_one_is_free()
    {
        Assert.False(RunsWithTheLastPermitTaken(Ours(1, 2)));
        Assert.True(RunsWithTheLastPermitTaken(Framework(1, 2)));

        static bool RunsWithTheLastPermitTaken(RateLimiter limiter)
        {
            RateLimitLease held = limiter.AttemptAcquire();
            Task<RateLimitLease> one = limiter.AcquireAsync().AsTask();
            Task<RateLimitLease> zero = limiter.AcquireAsync(0).AsTask();
            held.Dispose();
            bool runs = zero.IsCompleted;
            BackpressureLimiterContract.Completed(one).Dispose();
            Assert.True(BackpressureLimiterContract.Completed(zero).IsAcquired);
            return runs;
        }
    }

    [Theory] // oldest first overtakes nobody; the framework's makes an exception for zero permits
    [InlineData(false)]
    [InlineData(true)]
    public void Oldest_first_lets_no_newcomer_overtake_not_even_for_zero_permits(bool async)
    {
        Assert.False(Overtakes(Ours(2, 3)));
        Assert.True(Overtakes(Framework(2, 3)));

        bool Overtakes(RateLimiter limiter)
        {
            _ = limiter.AttemptAcquire();
            Assert.False(limiter.AcquireAsync(2).AsTask().IsCompleted);
            return async ? limiter.AcquireAsync(0).AsTask().IsCompleted : limiter.AttemptAcquire(0).IsAcquired;
        }
    }

    private static BackpressureLimiter Ours(int permitLimit, int queueLimit, QueueProcessingOrder order = QueueProcessingOrder.OldestFirst) =>
        BackpressureLimiterTests.Fixed(permitLimit, queueLimit, order: order);

    private static ConcurrencyLimiter Framework(int permitLimit, int queueLimit, QueueProcessingOrder order = QueueProcessingOrder.OldestFirst) =>
        BackpressureLimiterPeerTests.Framework(permitLimit, queueLimit, order);
}
