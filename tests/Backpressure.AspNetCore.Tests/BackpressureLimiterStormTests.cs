using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Tests.Admission;

namespace Backpressure.AspNetCore.Tests;

/// <summary>Threads that take, wait, cancel and give back at one limiter, each along a row of its own that is the same in each run.</summary>
[Collection(nameof(AloneInProcess))]
public class BackpressureLimiterStormTests
{
    private const int Rounds = 10;
    private const int Row = 2_000;
    private const int Threads = 3;
    private const int Limit = 5;

    [Theory]
    [InlineData(QueueProcessingOrder.OldestFirst)]
    [InlineData(QueueProcessingOrder.NewestFirst)]
    public void After_a_storm_all_permits_are_back_nobody_waits_and_every_acquire_was_counted(QueueProcessingOrder order)
    {
        for (int round = 0; round < Rounds; round++)
        {
            using BackpressureLimiter limiter = BackpressureLimiterTests.Fixed(Limit, queueLimit: 7, order: order);
            Visitor[] visitors = [.. Enumerable.Range(0, Threads).Select(thread => new Visitor(limiter, seed: (round * Threads) + thread))];

            RowRace.Run(Row, [.. visitors.Select(visitor => (Action<int>)visitor.Step)]);

            Array.ForEach(visitors, visitor => visitor.CancelAll());
            Array.ForEach(visitors, visitor => visitor.GiveAllBack());
            RateLimiterStatistics end = limiter.GetStatistics()!;
            Assert.Equal((Limit, 0), (end.CurrentAvailablePermits, end.CurrentQueuedCount));
            Assert.Equal((visitors.Sum(visitor => visitor.Granted), visitors.Sum(visitor => visitor.Refused)), (end.TotalSuccessfulLeases, end.TotalFailedLeases));
        }
    }

    [Theory]
    [InlineData(QueueProcessingOrder.OldestFirst)]
    [InlineData(QueueProcessingOrder.NewestFirst)]
    public void No_more_is_held_at_once_than_the_limit(QueueProcessingOrder order)
    {
        using BackpressureLimiter limiter = BackpressureLimiterTests.Fixed(Limit, queueLimit: 7, order: order);
        int held = 0;
        int most = 0;

        RowRace.Run(Row, [.. Enumerable.Repeat<Action<int>>(Visit, Threads)]);

        Assert.InRange(most, 1, Limit);
        Assert.Equal(0, held);

        void Visit(int i)
        {
            int permits = 1 + (i % 3);
            using CancellationTokenSource source = new();
            Task<RateLimitLease> waiting = limiter.AcquireAsync(permits, source.Token).AsTask();
            using RateLimitLease attempted = limiter.AttemptAcquire();
            int mine = Count(attempted.IsAcquired ? 1 : 0);
            source.Cancel(); // whoever was granted meanwhile keeps it
            Task.WaitAny(waiting);
            using RateLimitLease? acquired = waiting.IsCanceled ? null : BackpressureLimiterContract.Completed(waiting);
            mine += Count(acquired is { IsAcquired: true } ? permits : 0);
            Count(-mine);
        }

        int Count(int permits)
        {
            int now = Interlocked.Add(ref held, permits);
            int seen = Volatile.Read(ref most);
            while (now > seen)
            {
                seen = Interlocked.CompareExchange(ref most, now, seen) == seen ? now : Volatile.Read(ref most);
            }

            return permits;
        }
    }

    /// <summary>One thread's part: what it asked for, and what became of it.</summary>
    private sealed class Visitor(BackpressureLimiter limiter, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly Queue<(Task<RateLimitLease> Lease, CancellationTokenSource Source)> _asked = new();

        public long Granted { get; private set; }

        public long Refused { get; private set; }

        public void Step(int i)
        {
            CancellationTokenSource source = new();
            int permits = _random.Next(1, Limit);
            Task<RateLimitLease> lease = _random.Next(3) == 0 ? Task.FromResult(limiter.AttemptAcquire(permits)) : limiter.AcquireAsync(permits, source.Token).AsTask();
            _asked.Enqueue((lease, source));
            if (_random.Next(4) == 0)
            {
                source.Cancel();
            }

            while (_asked.TryPeek(out (Task<RateLimitLease> Lease, CancellationTokenSource Source) oldest) && oldest.Lease.IsCompleted)
            {
                GiveBackOldest();
            }
        }

        public void CancelAll() => Assert.All(_asked, asked => asked.Source.Cancel());

        public void GiveAllBack()
        {
            while (_asked.Count > 0)
            {
                GiveBackOldest();
            }
        }

        private void GiveBackOldest()
        {
            (Task<RateLimitLease> lease, CancellationTokenSource source) = _asked.Dequeue();
            source.Dispose();
            if (lease.IsCanceled)
            {
                return;
            }

            RateLimitLease ended = BackpressureLimiterContract.Completed(lease);
            Granted += ended.IsAcquired ? 1 : 0;
            Refused += ended.IsAcquired ? 0 : 1;
            ended.Dispose();
        }
    }
}
