using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Tests.Admission;

namespace Backpressure.AspNetCore.Tests;

/// <summary>A waiter that may be granted, displaced and cancelled all at once ends as one of the three, and nothing is lost whichever it is.</summary>
[Collection(nameof(AloneInProcess))]
public class BackpressureLimiterNewestRaceTests
{
    private const int Rounds = 10;
    private const int Row = 2_000;

    [Fact]
    public void A_wait_that_is_cancelled_while_it_is_displaced_ends_as_one_of_both() =>
        RunScenes(
            scenes => RowRace.Run(Row, i => scenes[i].Displace(), i => scenes[i].Source.Cancel()),
            scene =>
            {
                Assert.True(scene.IsCancelled || scene.IsRefused);
                Assert.False(scene.Newcomer!.IsCompleted);
            });

    [Fact]
    public void A_wait_that_is_displaced_while_a_permit_comes_back_leaves_that_to_one_of_both() =>
        RunScenes(
            scenes => RowRace.Run(Row, i => scenes[i].Displace(), i => scenes[i].Held.Dispose()),
            scene =>
            {
                Assert.True(scene.IsGranted || scene.IsRefused);
                Assert.Equal(scene.IsRefused, scene.Newcomer!.IsCompleted);
            });

    [Fact]
    public void A_wait_that_is_cancelled_and_displaced_while_a_permit_comes_back_ends_as_one_of_the_three() =>
        RunScenes(
            scenes => RowRace.Run(Row, i => scenes[i].Held.Dispose(), i => scenes[i].Displace(), i => scenes[i].Source.Cancel()),
            scene =>
            {
                Assert.True(scene.IsGranted || scene.IsRefused || scene.IsCancelled);
                Assert.Equal(!scene.IsGranted, scene.Newcomer!.IsCompleted);
            });

    [Fact]
    public void A_newcomer_is_refused_or_unwelcome_at_a_limiter_that_is_disposed_while_it_displaces_somebody()
    {
        for (int round = 0; round < Rounds; round++)
        {
            Scene[] scenes = [.. Enumerable.Range(0, Row).Select(_ => new Scene())];

            RowRace.Run(Row, i => Record.Exception(scenes[i].Displace), i => scenes[i].Limiter.Dispose());

            Assert.All(scenes, scene =>
            {
                Assert.True(scene.IsRefused);
                Assert.False(scene.Newcomer is not null && BackpressureLimiterContract.Completed(scene.Newcomer).IsAcquired);
            });
        }
    }

    private static void RunScenes(Action<Scene[]> race, Action<Scene> check)
    {
        for (int round = 0; round < Rounds; round++)
        {
            Scene[] scenes = [.. Enumerable.Range(0, Row).Select(_ => new Scene())];

            race(scenes);

            Array.ForEach(scenes, check);
            Assert.All(scenes, scene => scene.End());
        }
    }

    /// <summary>A limiter with its only permit held, and somebody who waits for it in the only place of the queue.</summary>
    private sealed class Scene
    {
        public Scene()
        {
            Held = Limiter.AttemptAcquire();
            Waiting = Limiter.AcquireAsync(1, Source.Token).AsTask();
        }

        public BackpressureLimiter Limiter { get; } = BackpressureLimiterTests.Fixed(1, queueLimit: 1, order: QueueProcessingOrder.NewestFirst);

        public CancellationTokenSource Source { get; } = new();

        public RateLimitLease Held { get; }

        public Task<RateLimitLease> Waiting { get; }

        public Task<RateLimitLease>? Newcomer { get; private set; }

        public bool IsCancelled => Waiting.IsCanceled;

        public bool IsGranted => Waiting.IsCompletedSuccessfully && Waiting.Result.IsAcquired;

        public bool IsRefused => Waiting.IsCompletedSuccessfully && !Waiting.Result.IsAcquired;

        public void Displace() => Newcomer = Limiter.AcquireAsync().AsTask();

        /// <summary>Gives everything back; all permits must be there, and nobody may wait.</summary>
        public void End()
        {
            Held.Dispose();
            if (!IsCancelled)
            {
                BackpressureLimiterContract.Completed(Waiting).Dispose();
            }

            RateLimitLease last = BackpressureLimiterContract.Completed(Newcomer!);
            Assert.True(last.IsAcquired);
            last.Dispose();

            RateLimiterStatistics statistics = Limiter.GetStatistics()!;
            Assert.Equal((1, 0), (statistics.CurrentAvailablePermits, statistics.CurrentQueuedCount));
            Assert.Equal((IsGranted ? 3 : 2, IsRefused ? 1 : 0), (statistics.TotalSuccessfulLeases, statistics.TotalFailedLeases));
            Source.Dispose();
        }
    }
}
