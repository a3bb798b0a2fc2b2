using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

public class TimerQueueTests
{
    private readonly TimerQueue _queue = new();

    [Fact]
    public void An_empty_queue_has_nothing_due_ever()
    {
        Assert.Equal(IAlarm.Never, _queue.Earliest);
        Assert.Null(_queue.TakeDue(long.MaxValue - 1));
    }

    [Fact]
    public void A_timer_is_due_at_its_due_time_and_not_before()
    {
        TestNode node = Add(due: 10);

        Assert.Null(_queue.TakeDue(9));
        Assert.Same(node, _queue.TakeDue(10));
    }

    [Fact]
    public void A_timer_taken_is_gone()
    {
        Add(due: 10);
        _queue.TakeDue(10);

        Assert.Null(_queue.TakeDue(10));
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void Timers_leave_in_the_order_of_their_due_times()
    {
        TestNode third = Add(due: 30);
        TestNode first = Add(due: 10);
        TestNode second = Add(due: 20);

        Assert.Equal([first, second, third], [_queue.TakeDue(30), _queue.TakeDue(30), _queue.TakeDue(30)]);
    }

    [Fact]
    public void A_removed_timer_is_not_in_the_queue()
    {
        TestNode node = Add(due: 10);
        _queue.Remove(node);

        Assert.False(_queue.Remove(node));
        Assert.Null(_queue.TakeDue(10));
    }

    [Fact]
    public void A_cleared_queue_knows_none_of_its_timers()
    {
        TestNode node = Add(due: 10);
        _queue.Clear();

        Assert.False(_queue.Remove(node));
        Assert.Equal(IAlarm.Never, _queue.Earliest);
    }

    [Fact]
    public void A_periodic_timer_stays_for_its_next_due_time()
    {
        Add(due: 10, period: 5);

        _queue.TakeDue(10);

        Assert.Equal(15, _queue.Earliest);
    }

    [Fact] // T12
    public void After_a_stall_a_periodic_timer_is_due_once_and_then_in_its_rhythm()
    {
        Add(due: 10, period: 5);

        Assert.NotNull(_queue.TakeDue(1_002));
        Assert.Null(_queue.TakeDue(1_002));
        Assert.Equal(1_005, _queue.Earliest);
    }

    [Fact] // T7
    public void A_period_at_the_end_of_time_does_not_wrap_around()
    {
        Add(due: Timestamps.Latest, period: long.MaxValue / 2);

        _queue.TakeDue(Timestamps.Latest);

        Assert.Equal(Timestamps.Latest, _queue.Earliest);
    }

    [Fact] // T14
    public void A_million_cancelled_timers_leave_no_node_behind()
    {
        TestNode kept = Add(due: 0);
        for (int i = 0; i < 1_000_000; i++)
        {
            var node = new TestNode { Due = 60_000 + i };
            _queue.Add(node);
            _queue.Remove(node);
        }

        Assert.Equal(1, _queue.Count);
        Assert.Equal(0, kept.Index);
        Assert.Equal(16, _queue.Capacity);
    }

    [Fact] // T14
    public void After_a_flood_the_queue_gives_its_memory_back()
    {
        TestNode[] flood = [.. Enumerable.Range(0, 100_000).Select(i => Add(due: i))];
        foreach (TestNode node in flood)
        {
            _queue.Remove(node);
        }

        Assert.Equal(16, _queue.Capacity);
    }

    private TestNode Add(long due, long period = 0)
    {
        var node = new TestNode { Due = due, Period = period };
        _queue.Add(node);
        return node;
    }
}
