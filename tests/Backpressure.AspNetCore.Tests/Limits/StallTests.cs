using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

public sealed class StallTests
{
    private const double DoneBefore = 400;

    [Theory]
    [InlineData(50, 100, DoneBefore)] // half as many do half as much: nobody is in anybody's way, the server is slower for another reason
    [InlineData(100, 100, 0)] // half as many do as much
    [InlineData(200, 100, 0)] // half as many do more: they free it
    [InlineData(150, 300, 0)] // a fall by a quarter may be chance
    public void Only_a_dip_that_takes_throughput_says_that_the_server_is_slower(double lowRate, double highRate, double expected)
    {
        Stall stall = new() { IsSuspected = true };
        UsualThroughput usual = new();
        usual.Forget(DoneBefore);

        Assert.True(stall.Asks(isDown: true));
        Assert.Equal(expected, stall.SlowedFrom(Of(lowRate, highRate), usual), 9);
        Assert.False(stall.IsSuspected);
    }

    [Fact]
    public void A_dip_that_nobody_asked_says_nothing()
    {
        Stall stall = new();
        UsualThroughput usual = new();
        usual.Forget(DoneBefore);

        Assert.False(stall.Asks(isDown: true));
        Assert.Equal(0, stall.SlowedFrom(Of(50, 100), usual));
        Assert.True(usual.SeemsLower);
    }

    [Fact]
    public void A_look_upwards_does_not_answer_and_ends_the_suspicion()
    {
        Stall stall = new() { IsSuspected = true };

        Assert.False(stall.Asks(isDown: false));
        Assert.False(stall.IsSuspected);
    }

    [Fact]
    public void A_look_that_is_given_up_leaves_it_to_the_next_one()
    {
        Stall stall = new() { IsSuspected = true };
        stall.Asks(isDown: true);

        stall.AskAgain();

        Assert.True(stall.Asks(isDown: true));
    }

    private static Contrast Of(double lowRate, double highRate) => new(new ThroughputPoint(lowRate, 10, 100), new ThroughputPoint(highRate, 20, 100), dispersion: 1);
}
