namespace Backpressure.Simulation.Storms;

/// <summary>Everything that the command measured.</summary>
internal sealed record StormResults(TierStormResult[] Tiers, TriggerStormResult[] Triggers, ForeignStormResult[] Foreign, HerdStormResult[] Herds)
{
    private const ulong FirstSeed = 1;
    private const int MostSeedsOfOthers = 20;
    private const int SecondsAfter = 20;
    private const int SecondsAfterWithoutDefence = 60; // R10

    private static readonly Defence[] Defences = [Defence.None, Defence.Client, Defence.Server, Defence.Both];
    private static readonly ForeignRules[] Foreigners = [ForeignRules.Stainless, ForeignRules.RetryAfterOnly, ForeignRules.Naive];

    /// <param name="seeds">How many seeds the storm after a trigger runs with, with both defences; with less, at most twenty. All other storms run with the first seed.</param>
    /// <param name="degree">How many runs at once.</param>
    public static StormResults Measure(int seeds, int degree)
    {
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = degree };
        Func<TriggerStormResult>[] triggers =
        [
            .. from defence in Defences
               from seed in Enumerable.Range(0, defence == Defence.Both ? seeds : Math.Min(seeds, MostSeedsOfOthers))
               select new Func<TriggerStormResult>(() => Trigger(defence, FirstSeed + (ulong)seed)),
        ];
        Func<TierStormResult>[] tiers =
        [
            .. from failure in Enum.GetValues<FailureKind>()
               from relays in new[] { false, true }
               from isProtected in new[] { true, false }
               select new Func<TierStormResult>(() => TierStorm.Run(failure, isProtected, relays, FirstSeed)),
        ];
        Func<HerdStormResult>[] herds =
        [
            () => HerdStorm.Run(FirstSeed), () => HerdStorm.Run(ForeignRules.Stainless, FirstSeed), () => HerdStorm.Run(ForeignRules.MillisecondsOnly, FirstSeed),
            () => HerdStorm.Run(ForeignRules.RetryAfterOnly, FirstSeed), () => HerdStorm.RunFixed(FirstSeed),
        ];
        return new StormResults(All(tiers, parallel), All(triggers, parallel), All([.. Foreigners.Select(rules => new Func<ForeignStormResult>(() => ForeignStorm.Run(rules, FirstSeed)))], parallel), All(herds, parallel));
    }

    /// <summary>Watched as long as its defence calls for.</summary>
    private static TriggerStormResult Trigger(Defence defence, ulong seed) => TriggerStorm.Run(defence, defence == Defence.Both ? SecondsAfter : SecondsAfterWithoutDefence, seed);

    private static T[] All<T>(Func<T>[] runs, ParallelOptions parallel)
    {
        T[] results = new T[runs.Length];
        Parallel.For(0, runs.Length, parallel, index => results[index] = runs[index]());
        return results;
    }
}
