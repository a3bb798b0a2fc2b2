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

    [Fact] // R13: what an application's own timers do must not delay a client's answer
    public void Deadlines_of_requests_go_first()
    {
        ScheduledTimer[] timers = [Pending(), Pending(), Pending(CallbackRoute.DispatcherFirst), Pending(CallbackRoute.DispatcherFirst)];
        Array.ForEach(timers, _waiting.Add);

        Assert.Equal(timers[2..], _waiting.Copy()[..2]);
        Assert.Equal([timers[2], timers[3], timers[0], timers[1]], [_waiting.Take(), _waiting.Take(), _waiting.Take(), _waiting.Take()]);
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

    [Fact]
    public void The_room_that_a_burst_took_is_given_back()
    {
        for (int i = 0; i < 100_000; i++)
        {
            _waiting.Add(Pending());
        }

        for (int i = 0; i < 100_000; i++)
        {
            _waiting.Take();
        }

        Assert.InRange(_waiting.Room, 0, 1024);
    }

    private ScheduledTimer Pending(CallbackRoute route = CallbackRoute.PoolFirst)
    {
        ScheduledTimer timer = new(_loop, static _ => { }, null) { Route = route };
        timer.TryMarkPending();
        return timer;
    }
}
