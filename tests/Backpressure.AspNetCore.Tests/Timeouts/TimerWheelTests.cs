using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

public class TimerWheelTests
{
    private readonly TimerWheel _wheel = new();

    [Fact]
    public void An_empty_wheel_has_nothing_due_ever()
    {
        Assert.Equal(IAlarm.Never, _wheel.Earliest);
        Assert.Null(_wheel.TakeDue(long.MaxValue - 1));
    }

    [Fact]
    public void A_timer_is_due_at_its_due_time_and_not_before()
    {
        TestNode node = Add(due: 10);

        Assert.Null(_wheel.TakeDue(9));
        Assert.Same(node, _wheel.TakeDue(10));
    }

    [Fact]
    public void A_timer_taken_is_gone()
    {
        Add(due: 10);
        _wheel.TakeDue(10);

        Assert.Null(_wheel.TakeDue(10));
        Assert.Equal(0, _wheel.Count);
    }

    [Fact]
    public void Timers_leave_when_they_are_due_whatever_the_order_in_which_they_were_added()
    {
        TestNode third = Add(due: 30);
        TestNode first = Add(due: 10);
        TestNode second = Add(due: 20);

        Assert.Equal([first, null, second, third], [_wheel.TakeDue(10), _wheel.TakeDue(10), _wheel.TakeDue(29), _wheel.TakeDue(30)]);
    }

    [Fact]
    public void A_removed_timer_is_not_in_the_wheel()
    {
        TestNode node = Add(due: 10);
        _wheel.Remove(node);

        Assert.False(_wheel.Remove(node));
        Assert.Null(_wheel.TakeDue(10));
    }

    [Fact]
    public void A_cleared_wheel_knows_none_of_its_timers()
    {
        TestNode node = Add(due: 10);
        _wheel.Clear();

        Assert.False(_wheel.Remove(node));
        Assert.Equal(IAlarm.Never, _wheel.Earliest);
    }

    [Fact]
    public void A_periodic_timer_stays_for_its_next_due_time()
    {
        Add(due: 10, period: 5);

        _wheel.TakeDue(10);

        Assert.Equal(15, _wheel.Earliest);
    }

    [Fact] // T12
    public void After_a_stall_a_periodic_timer_is_due_once_and_then_in_its_rhythm()
    {
        Add(due: 10, period: 5);

        Assert.NotNull(_wheel.TakeDue(1_002));
        Assert.Null(_wheel.TakeDue(1_002));
        Assert.Equal(1_005, _wheel.Earliest);
    }

    [Fact] // T7
    public void A_period_at_the_end_of_time_does_not_wrap_around()
    {
        Add(due: Timestamps.Latest, period: long.MaxValue / 2);

        _wheel.TakeDue(Timestamps.Latest);

        Assert.Equal(Timestamps.Latest, _wheel.Earliest);
    }

    [Fact] // T14
    public void A_million_cancelled_timers_leave_no_node_behind_and_allocate_nothing()
    {
        TestNode kept = Add(due: 0);
        var node = new TestNode();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000_000; i++)
        {
            node.Due = 60_000 + i;
            _wheel.Add(node);
            _wheel.Remove(node);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(1, _wheel.Count);
        Assert.Equal(0, _wheel.Earliest);
        Assert.Null(kept.Next);
    }

    [Fact] // T14
    public void What_has_left_keeps_no_other_alive()
    {
        TestNode[] nodes = [Add(due: 10), Add(due: 10), Add(due: 10)];

        _wheel.Remove(nodes[1]);
        _wheel.TakeDue(10);
        _wheel.Clear();

        Assert.All(nodes, static node => Assert.Null(node.Next ?? node.Previous));
    }

    [Fact]
    public void A_removed_timer_leaves_one_wake_at_most_and_not_two()
    {
        TestNode first = Add(due: 1_000);
        Add(due: 1_010);
        _wheel.Remove(first);
        Assert.Equal(1_000, _wheel.Earliest);

        Assert.Null(_wheel.TakeDue(1_000));

        Assert.Equal(1_010, _wheel.Earliest);
    }

    [Fact]
    public void A_slot_half_emptied_still_comes_before_all_others()
    {
        TestNode[] nodes = [Add(due: 1_003), Add(due: 1_001), Add(due: 1_002)];
        _wheel.TryStep(1_001, out TimerNode? moved);
        Assert.Null(moved);
        TestNode added = Add(due: 1_000);
        _wheel.Remove(nodes[2]);

        Assert.Equal([added, nodes[1]], new[] { _wheel.TakeDue(1_001)!, _wheel.TakeDue(1_001)! }.OrderBy(static node => node.Due));
        Assert.Equal(1_003, _wheel.Earliest);
        Assert.Same(nodes[0], _wheel.TakeDue(1_003));
    }

    private TestNode Add(long due, long period = 0)
    {
        var node = new TestNode { Due = due, Period = period };
        _wheel.Add(node);
        return node;
    }
}
