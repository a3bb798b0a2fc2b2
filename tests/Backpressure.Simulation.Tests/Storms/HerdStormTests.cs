using Backpressure.Simulation.Storms;

namespace Backpressure.Simulation.Tests.Storms;

/// <summary>C22: ten thousand clients that are refused at once by a hundred servers.</summary>
public sealed class HerdStormTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Clients_come_back_spread(ulong seed)
    {
        HerdStormResult herd = HerdStorm.Run(seed);

        Assert.False(herd.IsHerd, $"{herd.Busiest} of {herd.Returns} come back within one tenth of a second.");
        Assert.True(herd.FirstSeconds >= 2, "Nobody comes before the shortest wait is over.");
        Assert.InRange(herd.Returns, 900, 1000); // a tenth of those who came, at each server
    }

    [Fact]
    public void Clients_that_do_not_hear_the_decision_come_back_all_and_spread()
    {
        HerdStormResult herd = HerdStorm.Run(ForeignRules.MillisecondsOnly, seed: 1);

        Assert.True(herd.Returns > 9_500, $"{herd.Returns}");
        Assert.False(herd.IsHerd, $"{herd.Busiest} of {herd.Returns} come back within one tenth of a second.");
    }

    /// <summary>Whole seconds are all that Retry-After can say: whoever reads nothing else comes back at one of three of them.</summary>
    [Fact]
    public void Clients_that_read_whole_seconds_alone_come_back_in_three_herds_instead_of_one()
    {
        HerdStormResult herd = HerdStorm.Run(ForeignRules.RetryAfterOnly, seed: 1);

        Assert.InRange((double)herd.Busiest / herd.Returns, 0.3, 0.37);
    }

    /// <summary>The control: the same test tells a herd when it sees one.</summary>
    [Fact]
    public void One_wait_for_all_is_a_herd()
    {
        HerdStormResult herd = HerdStorm.RunFixed(seed: 1);

        Assert.True(herd.IsHerd);
        Assert.True(herd.Busiest > 0.4 * herd.Returns);
    }
}
