using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

public sealed class CliffTests
{
    private static readonly ThroughputPoint Below = new(100, 10, 60);
    private static readonly ThroughputPoint Beyond = new(20, 40, 60);

    [Fact]
    public void Without_a_cliff_nothing_is_capped() => Assert.Equal(1000, new Cliff().Cap(0, 1000));

    [Fact]
    public void A_cliff_caps_halfway_between_what_worked_and_what_did_not()
    {
        Cliff cliff = Found(at: 0);

        Assert.Equal(20, cliff.Cap(1, 1000), 9);
        Assert.Equal(15, cliff.Cap(1, 15));
    }

    [Fact]
    public void Trust_ends_after_20_seconds_and_lasts_twice_as_long_when_it_is_found_again()
    {
        Cliff cliff = Found(at: 0);

        Assert.Equal(20, cliff.Cap(20, 1000), 9);
        Assert.Equal(25, cliff.Cap(20.1, 1000), 9); // a quarter more, and again after as long

        cliff.Note(30, Below, Beyond.InFlight);
        Assert.Equal(20, cliff.Cap(70, 1000), 9);
        Assert.Equal(25, cliff.Cap(70.1, 1000), 9);
    }

    [Fact]
    public void The_cliff_of_another_server_is_trusted_for_half_as_long()
    {
        Cliff cliff = Found(at: 0);
        cliff.Note(10, Below, Beyond.InFlight); // for 40 s
        cliff.ForgetUnless(mayStall: false);

        cliff.Note(20, Below, Beyond.InFlight); // 20 s, twice as long once more
        Assert.Equal(20, cliff.Cap(60, 1000), 9);
        Assert.Equal(25, cliff.Cap(60.1, 1000), 9);
    }

    [Fact]
    public void Whether_the_throughput_comes_back_below_is_asked_once()
    {
        Cliff cliff = Found(at: 0);

        Assert.True(cliff.IsUnverified);
        Assert.False(cliff.IsBack(69));
        Assert.True(cliff.IsKnown); // it may stall on
        Assert.False(cliff.IsUnverified);
    }

    [Theory]
    [InlineData(14, true)] // the cliff is at 20
    [InlineData(13, false)]
    public void Close_to_a_cliff_chance_may_push_the_server_over_it(double limit, bool expected) => Assert.Equal(expected, Found(at: 0).IsNear(limit));

    [Theory]
    [InlineData(141, 10, false)] // more than 1.4 times as much as below the cliff, with as many
    [InlineData(139, 10, true)]
    [InlineData(141, 5, false)]
    [InlineData(279, 20, true)] // twice as many may do twice as much
    [InlineData(281, 20, false)]
    public void A_server_that_does_far_more_than_below_the_cliff_is_another_one(double rate, double inFlight, bool expected)
    {
        Cliff cliff = Found(at: 0);

        cliff.Compare(new ThroughputPoint(rate, inFlight, 60));

        Assert.Equal(expected, cliff.IsKnown);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_is_forgotten_unless_the_server_may_stall(bool mayStall)
    {
        Cliff cliff = Found(at: 0);

        cliff.ForgetUnless(mayStall);

        Assert.Equal(mayStall, cliff.IsKnown);
    }

    [Fact]
    public void Where_it_does_the_cliff_stays()
    {
        Cliff cliff = Found(at: 0);

        Assert.True(cliff.IsBack(71));
        Assert.Equal(20, cliff.Cap(1, 1000), 9);
    }

    [Theory]
    [InlineData(11, 19, 26)] // just below, after half of the time that it is trusted
    [InlineData(10, 19, 20)] // too soon
    [InlineData(11, 10, 20)] // far below
    public void Room_justBelow_moves_it_away_after_a_while(double at, double limit, double expected)
    {
        Cliff cliff = Found(at: 0);

        cliff.Lift(at, limit, Below);

        Assert.Equal(expected, cliff.Cap(at, 1000), 9);
    }

    [Theory] // a dependency that became ten times slower just then kept the limit at a tenth of what it should have been for minutes
    [InlineData(71, 10, false)] // less than 1 / 1.4 of what was done below the cliff, although there is room
    [InlineData(72, 10, true)]
    [InlineData(36, 5, true)] // half as many may do half as much
    [InlineData(35, 5, false)]
    [InlineData(72, 20, true)]
    public void A_server_that_does_far_less_below_the_cliff_where_it_has_room_is_another_one(double rate, double inFlight, bool expected)
    {
        Cliff cliff = Found(at: 0);

        cliff.Lift(1, inFlight, new ThroughputPoint(rate, inFlight, 60));

        Assert.Equal(expected, cliff.IsKnown);
    }

    private static Cliff Found(double at)
    {
        Cliff cliff = new();
        cliff.Note(at, Below, Beyond.InFlight);
        return cliff;
    }
}
