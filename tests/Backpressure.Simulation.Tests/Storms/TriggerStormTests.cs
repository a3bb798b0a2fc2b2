using Backpressure.Simulation.Storms;

namespace Backpressure.Simulation.Tests.Storms;

/// <summary>R10: what is left of a storm when its cause is gone.</summary>
public sealed class TriggerStormTests
{
    /// <summary>Some, or with BACKPRESSURE_FULL=1 the thousand of R10.</summary>
    private static readonly int Seeds = Environment.GetEnvironmentVariable("BACKPRESSURE_FULL") == "1" ? 1000 : 10;

    [Fact]
    public void Server_and_client_recover_within_five_seconds()
    {
        TriggerStormResult[] storms = Run(Defence.Both, Seeds, secondsAfter: 10);

        TriggerStormResult[] late = [.. storms.Where(storm => storm.RecoverySeconds > 5)];
        Assert.True(late.Length == 0, $"{late.Length} of {Seeds} need longer until 95% of the calls are answered in time, for example seeds {string.Join(", ", late.Take(10).Select(storm => storm.Seed))}.");
    }

    [Fact]
    public void Trigger_is_one()
    {
        TriggerStormResult storm = TriggerStorm.Run(Defence.Both, secondsAfter: 5, seed: 1);

        int[] during = [.. storm.Good[(TriggerStorm.TriggerFrom + 1)..TriggerStorm.TriggerTo]];
        Assert.True(during.Max() < 0.6 * storm.Calls.Average(), $"{during.Max()} calls a second are answered in time with a quarter of the capacity, of {storm.Calls.Average():0}.");
        Assert.True(storm.Good[2..TriggerStorm.TriggerFrom].Sum() > 0.99 * storm.Calls[2..TriggerStorm.TriggerFrom].Sum());
    }

    /// <summary>The control: the same trigger, and nothing that keeps the storm down.</summary>
    [Fact]
    public void Without_limit_and_budget_the_storm_lasts_a_minute_after_its_cause()
    {
        TriggerStormResult[] storms = Run(Defence.None, seeds: 2, secondsAfter: 60);

        Assert.All(storms, storm => Assert.True(storm.BestShareAfter < 0.5, $"Seed {storm.Seed}: {storm.BestShareAfter:P0} in the best second."));
        Assert.All(storms, storm => Assert.True(storm.Good[2..TriggerStorm.TriggerFrom].Sum() > 0.99 * storm.Calls[2..TriggerStorm.TriggerFrom].Sum(), "It must have been well before."));
    }

    [Fact]
    public void Same_seed_gives_the_same_storm()
    {
        TriggerStormResult one = TriggerStorm.Run(Defence.Both, secondsAfter: 5, seed: 7);
        TriggerStormResult same = TriggerStorm.Run(Defence.Both, secondsAfter: 5, seed: 7);
        TriggerStormResult other = TriggerStorm.Run(Defence.Both, secondsAfter: 5, seed: 8);

        Assert.Equal([.. one.Good, .. one.Attempts, .. one.Served], (int[])[.. same.Good, .. same.Attempts, .. same.Served]);
        Assert.NotEqual(one.Attempts, other.Attempts);
    }

    private static TriggerStormResult[] Run(Defence defence, int seeds, int secondsAfter)
    {
        TriggerStormResult[] storms = new TriggerStormResult[seeds];
        Parallel.For(0, seeds, index => storms[index] = TriggerStorm.Run(defence, secondsAfter, (ulong)index + 1));
        return storms;
    }
}
