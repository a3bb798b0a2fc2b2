using static Backpressure.AspNetCore.Tests.Timeouts.RealTime;

namespace Backpressure.AspNetCore.Tests.Timeouts;

[Collection(RealTime.Name)]
public sealed class RequestDeadlineRaceTests : IDisposable
{
    private readonly TimerFdTimeProvider _time = new();

    public void Dispose() => _time.Dispose();

    [Fact] // T5
    public async Task What_was_not_cancelled_when_it_was_disposed_is_never_cancelled()
    {
        var spared = new List<CancellationToken>();
        int expired = 0;
        for (int i = 0; i < 50_000; i++)
        {
            var deadline = Deadlines.Begun(_time, CancellationToken.None);
            CancellationToken token = deadline.Token;
            deadline.Arm(TimeSpan.FromTicks(1 + (i % 1_000)));
            Thread.SpinWait(i % 2_000);
            deadline.Dispose();
            if (deadline.HasExpired)
            {
                expired++;
            }
            else
            {
                spared.Add(token);
            }
        }

        await Witness.SeesTimePass(_time);

        Assert.DoesNotContain(spared, token => token.IsCancellationRequested);
        Assert.NotEqual(0, expired); // else the race was never run
        Assert.NotEmpty(spared);
        Assert.Equal(0, _time.ActiveTimers);
    }

    [Fact] // T5
    public void Of_deadline_client_and_dispose_exactly_one_wins()
    {
        for (int i = 0; i < 2_000; i++)
        {
            using var client = new CancellationTokenSource();
            var deadline = Deadlines.Begun(_time, client.Token);
            int cancelled = 0;
            deadline.Token.Register(() => Interlocked.Increment(ref cancelled));

            Parallel.Invoke(() => deadline.Arm(TimeSpan.Zero), client.Cancel, deadline.Dispose);

            if (deadline.HasExpired)
            {
                SpinWait.SpinUntil(() => Volatile.Read(ref cancelled) > 0, Patience); // a dispatcher's thread may have struck first, and still be calling
            }

            Assert.Equal(deadline.Token.IsCancellationRequested ? 1 : 0, cancelled);
            Assert.True(!deadline.HasExpired || cancelled == 1);
        }
    }

    [Fact] // T16
    public async Task Threads_that_move_a_deadline_at_once_lose_no_move()
    {
        for (int i = 0; i < 2_000; i++)
        {
            using var deadline = Deadlines.Begun(_time, CancellationToken.None);
            var expired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            deadline.Token.Register(expired.SetResult);

            Parallel.Invoke(
                () => deadline.Arm(TimeSpan.FromMilliseconds(1)),
                () => deadline.Arm(TimeSpan.FromTicks(500)),
                () => deadline.Arm(TimeSpan.FromMilliseconds(2)));

            await Within(expired.Task);
        }
    }

    [Fact]
    public async Task It_is_never_early()
    {
        for (int i = 0; i < 200; i++)
        {
            TimeSpan span = TimeSpan.FromTicks(1 + (i * 100));
            using var deadline = Deadlines.Begun(_time, CancellationToken.None);
            var expired = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            deadline.Token.Register(() => expired.SetResult(_time.GetTimestamp()));
            long start = _time.GetTimestamp();

            deadline.Arm(span);
            await Within(expired.Task);

            Assert.True(_time.GetElapsedTime(start, await expired.Task) >= span);
        }
    }
}
