using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

public sealed class CliffTests
{
    private static readonly ThroughputPoint Below = new(100, 10, 60, 0.1);
    private static readonly ThroughputPoint Beyond = new(20, 40, 60, 0.4);

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

        cliff.Note(30, Below, Beyond);
        Assert.Equal(20, cliff.Cap(70, 1000), 9);
        Assert.Equal(25, cliff.Cap(70.1, 1000), 9);
    }

    [Fact]
    public void Where_the_throughput_does_not_come_backBelow_there_was_no_cliff()
    {
        Cliff cliff = Found(at: 0);

        Assert.True(cliff.IsUnverified);
        Assert.False(cliff.Verify(69));
        Assert.False(cliff.IsKnown);
        Assert.False(cliff.IsUnverified);
    }

    [Fact]
    public void Where_it_does_the_cliff_stays()
    {
        Cliff cliff = Found(at: 0);

        Assert.True(cliff.Verify(71));
        Assert.Equal(20, cliff.Cap(1, 1000), 9);
    }

    [Theory]
    [InlineData(11, 19, 26)] // just below, after half of the time that it is trusted
    [InlineData(10, 19, 20)] // too soon
    [InlineData(11, 10, 20)] // far below
    public void Room_justBelow_moves_it_away_after_a_while(double at, double limit, double expected)
    {
        Cliff cliff = Found(at: 0);

        cliff.Lift(at, limit);

        Assert.Equal(expected, cliff.Cap(at, 1000), 9);
    }

    private static Cliff Found(double at)
    {
        Cliff cliff = new();
        cliff.Note(at, Below, Beyond);
        return cliff;
    }
}
