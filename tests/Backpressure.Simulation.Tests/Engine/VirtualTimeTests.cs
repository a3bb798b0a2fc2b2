using Backpressure.Simulation.Engine;

namespace Backpressure.Simulation.Tests.Engine;

/// <summary>The clock by which the client that is shipped runs.</summary>
public sealed class VirtualTimeTests
{
    private readonly VirtualTime _time = new();
    private readonly List<string> _rung = [];

    [Fact]
    public void Timers_ring_in_the_order_of_their_times_and_then_of_their_setting()
    {
        Set("second", 20);
        Set("first", 10);
        Set("third", 20);
        using ITimer ended = Set("never", 15);
        ended.Dispose();

        Run(untilMs: 30);

        Assert.Equal(["first at 10", "second at 20", "third at 20"], _rung);
    }

    [Fact]
    public void Timer_that_is_changed_rings_once_at_its_new_time()
    {
        using ITimer timer = Set("timer", 10);
        timer.Change(TimeSpan.FromMilliseconds(25), Timeout.InfiniteTimeSpan);

        Run(untilMs: 40);

        Assert.Equal(["timer at 25"], _rung);
    }

    [Fact]
    public void Periodic_timers_are_refused() =>
        Assert.Throws<NotSupportedException>(() => _time.CreateTimer(_ => { }, null, TimeSpan.Zero, TimeSpan.FromSeconds(1)));

    private ITimer Set(string name, int afterMs) =>
        _time.CreateTimer(_ => _rung.Add($"{name} at {new TimeSpan(_time.Now).TotalMilliseconds}"), null, TimeSpan.FromMilliseconds(afterMs), Timeout.InfiniteTimeSpan);

    private void Run(int untilMs) => EventSource.FireAll([_time.Source], TimeSpan.FromMilliseconds(untilMs).Ticks, _time);
}
