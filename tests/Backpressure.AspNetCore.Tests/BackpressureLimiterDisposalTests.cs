using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests;

/// <summary>What is certain when a disposal returns, whoever else disposes.</summary>
public class BackpressureLimiterDisposalTests
{
    [Fact]
    public void A_second_disposal_returns_when_those_whom_the_first_one_failed_know_it()
    {
        BackpressureLimiter limiter = BackpressureLimiterTests.Fixed(1, queueLimit: 2);
        using RateLimitLease held = limiter.AttemptAcquire();
        Task<RateLimitLease> first = limiter.AcquireAsync().AsTask();
        Task<RateLimitLease> second = limiter.AcquireAsync().AsTask();
        bool known = false;
        Thread other = new(() =>
        {
            limiter.Dispose();
            known = second.IsCompleted;
        });
        Interruption amid = new(() =>
        {
            Assert.False(second.IsCompleted);
            other.Start();
            SpinWait.SpinUntil(() => (other.ThreadState & (ThreadState.WaitSleepJoin | ThreadState.Stopped)) != 0); // it waits, or it is wrong
        });
        Task follower = first.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, amid);

        limiter.Dispose();
        other.Join();

        Assert.True(known);
        Assert.True(amid.Happened);
        Assert.True(second.IsCompleted);
        GC.KeepAlive(follower);
    }

    /// <summary>Runs nothing; what follows a task is queued here while the task is being completed.</summary>
    private sealed class Interruption(Action then) : TaskScheduler
    {
        public bool Happened { get; private set; }

        protected override void QueueTask(Task task)
        {
            Happened = true;
            then();
        }

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }
}
