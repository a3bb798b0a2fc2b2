using Backpressure.AspNetCore.Timeouts;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Once warm, a deadline that does not strike costs no memory.</summary>
public sealed class RequestDeadlineMemoryTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void To_begin_to_arm_and_to_end_allocates_nothing(bool hasTimerOfOurs)
    {
        using TimerFdTimeProvider ours = new();
        using RequestDeadline deadline = new(hasTimerOfOurs ? ours : new FakeTimeProvider());
        using CancellationTokenSource client = new();

        Assert.Equal(0, BytesPerRun(() =>
        {
            deadline.Begin(client.Token);
            deadline.Arm(TimeSpan.FromSeconds(30));
            deadline.Token.UnsafeRegister(static _ => { }, null).Unregister();
            deadline.End();
            Assert.True(deadline.IsReusable);
        }));
    }

    /// <summary>What a run allocates always. Now and then something else may.</summary>
    private static long BytesPerRun(Action run) => Enumerable.Range(0, 10).Min(_ =>
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 300; i++)
        {
            run();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    });
}
