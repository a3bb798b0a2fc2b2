using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

public sealed class PermitsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(65_536)]
    [InlineData(1_000_000)]
    public void As_many_are_taken_as_the_limit_and_no_more(int limit) // B31
    {
        Permits permits = new(limit);

        for (int left = limit; left > 0; left -= (left + 1) / 2)
        {
            Assert.Equal((limit, limit - left), permits.Read());
            Assert.True(permits.HasRoom(left));
            Assert.Equal(left == limit, permits.HasRoom(left + 1)); // more than the limit are as many as the limit
            Assert.True(permits.TryTake((left + 1) / 2, out int taken));
            Assert.Equal((left + 1) / 2, taken);
        }

        Assert.False(permits.TryTake(1, out int none));
        Assert.Equal((0, limit, 1.0), (none, permits.Limit, permits.Load));
        Assert.Equal((limit, limit), permits.Read());
        Assert.False(permits.Return(limit));
        Assert.Equal((limit, 0), permits.Read());
    }

    [Theory]
    [InlineData(int.MinValue)]
    [InlineData(0)]
    [InlineData(1_000_001)]
    public void A_limit_that_is_not_from_one_to_a_million_is_refused_and_changes_nothing(int limit)
    {
        Permits permits = new(5);

        Assert.Throws<ArgumentOutOfRangeException>(() => new Permits(limit));
        Assert.Throws<ArgumentOutOfRangeException>(() => permits.SetLimit(limit));

        Assert.Equal(5, permits.Limit);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(int.MaxValue)]
    public void Who_asks_for_more_than_the_limit_gets_the_limit_and_runs_alone(int cost)
    {
        Permits permits = Taken(limit: 3, inUse: 1);
        Assert.False(permits.HasRoom(cost));
        Assert.False(permits.TryTake(cost, out _));

        permits.Return(1);

        Assert.True(permits.HasRoom(cost));
        Assert.True(permits.TryTake(cost, out int taken));
        Assert.Equal((3, (3, 3)), (taken, permits.Read()));
    }

    [Fact]
    public void Who_asks_for_none_takes_none_and_needs_one_to_be_free()
    {
        Permits permits = Taken(limit: 2, inUse: 1);
        Assert.True(permits.TryTake(0, out int taken));
        Assert.Equal((0, (2, 1)), (taken, permits.Read()));

        permits.TryTake(1, out _);

        Assert.False(permits.HasRoom(0));
        Assert.False(permits.TryTake(0, out _));
    }

    [Fact]
    public void Where_the_next_waiter_fits_it_takes_its_permits_and_holds_nothing()
    {
        Permits permits = Taken(limit: 3, inUse: 1);

        Assert.True(permits.TryTakeOrHold(2, out int taken));

        Assert.Equal((2, false, (3, 3)), (taken, permits.IsHeld, permits.Read()));
        permits.LetGo(); // of nothing
        Assert.Equal((false, (3, 3)), (permits.IsHeld, permits.Read()));
    }

    [Fact]
    public void A_waiter_that_asks_for_more_than_the_limit_is_waited_for_until_it_can_run_alone()
    {
        Permits permits = Taken(limit: 3, inUse: 1);
        Assert.False(permits.TryTakeOrHold(9, out _));

        permits.Return(1);

        Assert.True(permits.TryTakeOrHold(9, out int taken));
        Assert.Equal((3, (3, 3)), (taken, permits.Read()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public void Where_it_does_not_fit_the_permits_are_held_and_newcomers_take_none_of_the_free_ones(int limit) // B17
    {
        Permits permits = Taken(limit, inUse: 1);

        Assert.False(permits.TryTakeOrHold(limit, out _));

        Assert.Equal((true, (limit, 1)), (permits.IsHeld, permits.Read()));
        Assert.Equal(limit > 1, permits.HasRoom(1)); // room is what is free, whoever it is held for
        Assert.False(permits.TryTake(1, out int taken));
        Assert.Equal((0, 1.0 / limit), (taken, permits.Load));
    }

    [Fact]
    public void Held_permits_are_taken_for_the_next_waiter_and_stay_held_until_they_are_let_go()
    {
        Permits permits = Taken(limit: 2, inUse: 2);
        permits.TryTakeOrHold(1, out _);
        Assert.False(permits.TryTakeOrHold(1, out _));
        Assert.True(permits.Return(2)); // somebody must be looked for

        Assert.True(permits.TryTakeOrHold(1, out int taken));

        Assert.Equal((1, true, (2, 1)), (taken, permits.IsHeld, permits.Read()));
        Assert.False(permits.TryTake(1, out _));
        permits.LetGo();
        Assert.Equal((false, (2, 1)), (permits.IsHeld, permits.Read()));
        Assert.True(permits.TryTake(1, out _));
        Assert.False(permits.Return(2));
    }

    [Theory] // limit 4
    [InlineData(2, 1, null, true, 3)]
    [InlineData(2, 1, 3, true, 3)] // the other one does not fit
    [InlineData(2, 9, 9, false, 2)] // neither does
    [InlineData(2, 1, 2, null, 2)] // it does, just
    [InlineData(2, 3, 1, null, 2)] // and the newcomer would not
    [InlineData(0, 1, 9, null, 0)] // it gets no more than the limit
    [InlineData(0, 9, null, true, 4)]
    [InlineData(4, 1, 1, false, 4)]
    [InlineData(4, 0, null, false, 4)]
    [InlineData(3, 0, 2, true, 3)]
    public void Who_ranks_higher_takes_held_permits_unless_there_is_room_for_whom_they_are_held(int inUse, int cost, int? others, bool? expected, int after)
    {
        Permits permits = Taken(limit: 4, inUse: 4);
        permits.TryTakeOrHold(4, out _);
        permits.Return(4 - inUse);

        Assert.Equal(expected, permits.TryTakeBefore(cost, others, out int taken));

        Assert.Equal((true, (4, after)), (permits.IsHeld, permits.Read()));
        Assert.True(expected != true || taken == after - inUse);
    }

    [Fact]
    public void A_limit_below_what_is_in_use_lets_the_excess_drain()
    {
        Permits permits = Taken(limit: 1_000_000, inUse: 999_999);

        permits.SetLimit(2);

        Assert.Equal((2, 999_999), permits.Read());
        Assert.Equal(499_999.5, permits.Load);
        Assert.False(permits.HasRoom(0));
        Assert.False(permits.TryTake(1, out _));
        permits.Return(999_997);
        Assert.False(permits.TryTake(1, out _));
        permits.Return(1);
        Assert.True(permits.TryTake(1, out _));
        Assert.Equal((2, 2), permits.Read());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public void Another_limit_leaves_held_what_is_held(int limit)
    {
        Permits permits = Taken(limit: 7, inUse: 7);
        permits.TryTakeOrHold(1, out _);

        permits.SetLimit(limit);

        Assert.Equal((true, (limit, 7)), (permits.IsHeld, permits.Read()));
        Assert.True(permits.Return(7));
    }

    private static Permits Taken(int limit, int inUse)
    {
        Permits permits = new(limit);
        Assert.True(permits.TryTake(inUse, out _));
        return permits;
    }
}
