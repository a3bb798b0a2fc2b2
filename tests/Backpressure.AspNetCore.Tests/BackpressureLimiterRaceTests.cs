using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Tests.Admission;

namespace Backpressure.AspNetCore.Tests;

/// <summary>Two threads run down the same row of limiters at once, so that they meet at many of them.</summary>
[Collection(nameof(AloneInProcess))]
public class BackpressureLimiterRaceTests
{
    private const int Rounds = 20;
    private const int Row = 2_000;

    [Fact] // B20
    public void A_lease_that_two_threads_dispose_gives_back_once()
    {
        using BackpressureLimiter limiter = BackpressureLimiterTests.Fixed(Row);
        for (int round = 0; round < Rounds; round++)
        {
            RateLimitLease[] leases = [.. Enumerable.Range(0, Row).Select(_ => limiter.AttemptAcquire())];

            RowRace.Run(Row, i => leases[i].Dispose(), i => leases[i].Dispose());

            Assert.Equal(Row, limiter.GetStatistics()!.CurrentAvailablePermits);
        }
    }

    [Fact] // B1, B14, B19
    public void A_wait_that_is_cancelled_while_it_is_granted_ends_as_one_of_both_and_loses_no_permit()
    {
        for (int round = 0; round < Rounds; round++)
        {
            Scene[] scenes = [.. Enumerable.Range(0, Row).Select(_ => new Scene())];

            RowRace.Run(Row, i => scenes[i].Held.Dispose(), i => scenes[i].Source.Cancel());

            foreach (Scene scene in scenes)
            {
                Assert.True(scene.Waiting.IsCompleted);
                Assert.Equal(scene.Waiting.IsCanceled ? 1 : 0, scene.Limiter.GetStatistics()!.CurrentAvailablePermits);
                if (!scene.Waiting.IsCanceled)
                {
                    BackpressureLimiterContract.Completed(scene.Waiting).Dispose();
                }

                Assert.Equal((1, 0), (scene.Limiter.GetStatistics()!.CurrentAvailablePermits, scene.Limiter.GetStatistics()!.CurrentQueuedCount));
                scene.Source.Dispose();
            }
        }
    }

    [Fact]
    public void Nobody_waits_at_a_limiter_that_was_disposed_meanwhile()
    {
        for (int round = 0; round < Rounds; round++)
        {
            BackpressureLimiter[] limiters = [.. Enumerable.Range(0, Row).Select(_ => BackpressureLimiterTests.Fixed(1, queueLimit: 1))];
            Array.ForEach(limiters, limiter => limiter.AttemptAcquire());
            Task<RateLimitLease>?[] waiting = new Task<RateLimitLease>?[Row];

            RowRace.Run(
                Row,
                i => Record.Exception(() => { waiting[i] = limiters[i].AcquireAsync().AsTask(); }), // or it says that the limiter is disposed
                i => limiters[i].Dispose());

            Assert.All(waiting, task => Assert.False(task is not null && BackpressureLimiterContract.Completed(task).IsAcquired));
        }
    }

    [Fact]
    public void Whoever_disposes_finds_nobody_waiting_afterwards()
    {
        for (int round = 0; round < Rounds; round++)
        {
            Scene[] scenes = [.. Enumerable.Range(0, Row).Select(_ => new Scene())];

            RowRace.Run(Row, [.. Enumerable.Repeat<Action<int>>(i => Dispose(scenes[i]), 2)]);
        }

        static void Dispose(Scene scene)
        {
            scene.Limiter.Dispose();
            Assert.False(BackpressureLimiterContract.Completed(scene.Waiting).IsAcquired);
        }
    }

    /// <summary>A limiter with its only permit held and somebody waiting for it.</summary>
    private sealed class Scene
    {
        public Scene()
        {
            Held = Limiter.AttemptAcquire();
            Waiting = Limiter.AcquireAsync(1, Source.Token).AsTask();
        }

        public BackpressureLimiter Limiter { get; } = BackpressureLimiterTests.Fixed(1, queueLimit: 1);

        public CancellationTokenSource Source { get; } = new();

        public RateLimitLease Held { get; }

        public Task<RateLimitLease> Waiting { get; }
    }
}
