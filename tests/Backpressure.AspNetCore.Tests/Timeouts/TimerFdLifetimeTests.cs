using static Backpressure.AspNetCore.Tests.Timeouts.RealTime;

namespace Backpressure.AspNetCore.Tests.Timeouts;

[Collection(RealTime.Name)]
public sealed class TimerFdLifetimeTests : IDisposable
{
    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly TimerFdTimeProvider _time = new();

    public void Dispose() => _time.Dispose();

    [Fact] // T10
    public async Task There_is_one_shared_provider_and_disposing_it_does_nothing()
    {
        TimerFdTimeProvider[] seen = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => TimerFdTimeProvider.Shared)));
        Assert.Single(seen.Distinct());

        TimerFdTimeProvider.Shared.Dispose();

        await Within(Task.Delay(TimeSpan.FromMilliseconds(1), TimerFdTimeProvider.Shared));
    }

    [Fact]
    public void A_disposed_provider_makes_no_timer()
    {
        _time.Dispose();
        _time.Dispose();

        Assert.Throws<ObjectDisposedException>(() => _time.CreateTimer(static _ => { }, null, Hour, Never));
        Assert.Throws<ObjectDisposedException>(() => _time.CreateTimer(static _ => { }, null, Never, Never));
    }

    [Fact]
    public async Task The_timers_of_a_disposed_provider_can_be_disposed_but_not_changed()
    {
        ITimer timer = _time.CreateTimer(static _ => { }, null, Hour, Never);
        _time.Dispose();

        Assert.False(timer.Change(TimeSpan.Zero, Never));
        await Within(timer.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task Nothing_fires_after_dispose()
    {
        var fired = new Firings();
        _time.CreateTimer(fired.Callback, null, TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(1));
        _time.Dispose();
        int before = fired.Count;

        await Witness.SeesTimePass(TimeProvider.System);

        Assert.InRange(fired.Count, before, before + 1); // one may have been with the pool already
        Assert.Equal(0, _time.ActiveTimers);
    }

    [Fact]
    public async Task A_callback_may_dispose_its_provider()
    {
        var disposed = new TaskCompletionSource();
        _time.CreateTimer(
            _ =>
            {
                _time.Dispose();
                disposed.SetResult();
            },
            null,
            TimeSpan.Zero,
            Never);

        await Within(disposed.Task);
    }

    [Fact]
    public async Task Many_threads_may_dispose_at_once()
    {
        await Within(Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(_time.Dispose))));

        Assert.Throws<ObjectDisposedException>(() => _time.CreateTimer(static _ => { }, null, Hour, Never));
    }

    [Fact]
    public void Time_is_the_systems()
    {
        using var time = new TimerFdTimeProvider();
        long before = TimeProvider.System.GetTimestamp();
        long seen = time.GetTimestamp();

        Assert.InRange(seen, before, TimeProvider.System.GetTimestamp());
        Assert.Equal(TimeProvider.System.TimestampFrequency, time.TimestampFrequency);
    }
}
