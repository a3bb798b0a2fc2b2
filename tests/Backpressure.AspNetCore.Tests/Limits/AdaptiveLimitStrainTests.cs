using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

/// <summary>A strained process gets less room above the knee, and the knee itself.</summary>
public sealed class AdaptiveLimitStrainTests
{
    private const int Workers = 40;

    [Fact]
    public void Without_strain_everything_is_as_it_was()
    {
        FloodedServer told = Server(1);
        FloodedServer untold = Server(1);
        for (int second = 0; second < 60; second++)
        {
            told.Limit.NoteStrain(default(Strain).Gain);
            told.Run(1);
            untold.Run(1);
        }

        Assert.NotEmpty(told.Moves);
        Assert.Equal(untold.Moves, told.Moves);
    }

    [Theory]
    [InlineData(0.5, 0, 0.5)] // paused by collections for half of the time
    [InlineData(0, 0.8, 0.2)] // throttled for most of it
    public void A_server_that_stands_still_ends_nearer_to_the_knee_and_not_below_it(double collecting, double throttled, double left)
    {
        int unstrained = Settled(Server(left));
        FloodedServer server = Server(left);
        server.Limit.NoteStrain(new Strain(collecting, throttled, 0, 0).Gain);

        int strained = Settled(server);

        Assert.InRange(unstrained, 1.3 * Workers, 1.5 * Workers);
        Assert.InRange(strained, Workers, unstrained - 6);
    }

    [Fact]
    public void The_more_strain_the_nearer()
    {
        int[] limits = [.. new[] { 0, 0.2, 0.4, 1 }.Select(share =>
        {
            FloodedServer server = Server(1);
            server.Limit.NoteStrain(new Strain(share, 0, 0, 0).Gain);
            return Settled(server);
        })];

        Assert.Equal(limits.OrderDescending(), limits);
        Assert.Equal(limits.Length, limits.Distinct().Count());
        Assert.InRange(limits[^1], Workers, Workers + 8); // without any room each look says that there is some
    }

    [Fact]
    public void When_the_strain_is_gone_so_is_its_effect()
    {
        int before = Settled(Server(1));
        FloodedServer server = Server(1);
        server.Limit.NoteStrain(0.1);
        Assert.True(Settled(server) < before - 8, "The strain had no effect.");

        server.Limit.NoteStrain(1);

        Assert.InRange(Settled(server), before - 1, before + 1);
    }

    private static FloodedServer Server(double left) => new(new AdaptiveLimit(20, minimum: 1, maximum: 1000), FloodedServer.Workers(Workers, 0.02 / left));

    private static int Settled(FloodedServer server)
    {
        server.Run(60);
        return server.Moves.Last(move => move.Reason == LimitReason.Knee).Limit;
    }
}
