using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

public sealed class WaitingCallbacksTests : IDisposable
{
    private readonly TimerLoop _loop = new(TimeProvider.System, static () => new HandAlarm());
    private readonly WaitingCallbacks _waiting = new();

    public void Dispose() => _loop.Dispose();

    [Fact]
    public void They_are_taken_in_their_order()
    {
        ScheduledTimer[] timers = [Pending(), Pending(), Pending()];
        Array.ForEach(timers, _waiting.Add);

        Assert.Equal(timers, [_waiting.Take(), _waiting.Take(), _waiting.Take()]);
    }

    [Fact] // while all threads are blocked, what the pool runs late must not pile up
    public void What_the_pool_has_run_is_not_kept()
    {
        for (int i = 0; i < 10_000; i++)
        {
            ScheduledTimer timer = Pending();
            _waiting.Add(timer);
            timer.Run();
        }

        Assert.InRange(_waiting.Count, 1, 65);
    }

    [Fact]
    public void What_nobody_has_run_is()
    {
        for (int i = 0; i < 10_000; i++)
        {
            _waiting.Add(Pending());
        }

        Assert.Equal(10_000, _waiting.Count);
    }

    private ScheduledTimer Pending()
    {
        ScheduledTimer timer = new(_loop, static _ => { }, null);
        timer.TryMarkPending();
        return timer;
    }
}
