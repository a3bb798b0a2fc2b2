using Backpressure.AspNetCore;
using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Algorithms.Peers;
using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Storms;

/// <summary>A server at 80% of its capacity loses three quarters of it for ten seconds. What becomes of it afterwards (R10)?</summary>
internal static class TriggerStorm
{
    public const int TriggerFrom = 10; // seconds
    public const int TriggerTo = 20;

    private const int Processes = 10;
    private const double MeanMs = 20;
    private const double PerSecond = 320;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly double[] Processors = [8, 2, 8];

    /// <param name="defence">Who defends it.</param>
    /// <param name="secondsAfter">How long it is watched after the trigger.</param>
    /// <param name="seed">The seed.</param>
    public static TriggerStormResult Run(Defence defence, int secondsAfter, ulong seed)
    {
        double seconds = TriggerTo + secondsAfter + Patience.TotalSeconds;
        Network network = new();
        VirtualTime time = new();
        Dictionary<string, Tier> tiers = [];
        using ProtectedClients clients = new(tiers, time, seed, options => options.Timeout = TimeSpan.FromSeconds(10));
        Tier server = new(Settings(defence, seconds), network, seed);
        tiers.Add("server", server);
        ICaller[] processes = [.. Enumerable.Range(0, Processes).Select(index => defence.HasFlag(Defence.Client)
            ? clients.Create($"client {index}", "server")
            : new ForeignCaller(server, time, ForeignRules.Naive, seed, index))];
        Population users = new(processes, Patience, seconds);
        ArrivalStream arrivals = new(StormScenario.Always(PerSecond), users.Arrive, seed);
        StormRun.Run([network, time.Source, .. server.Sources, arrivals], time, seconds, clients);
        return new TriggerStormResult(
            defence,
            seed,
            [.. users.Calls.SkipLast(1)],
            [.. users.Good.SkipLast(1)],
            [.. server.Measures.Arrivals.SkipLast(1)],
            [.. server.Measures.Served.SkipLast(1)],
            [.. server.Limits(TimeSpan.FromSeconds(seconds).Ticks).SkipLast(1)]);
    }

    private static TierSettings Settings(Defence defence, double seconds)
    {
        Scenario scenario = StormScenario.Processors(new Piecewise([0, TriggerFrom, TriggerTo], Processors), MeanMs, seconds);
        return defence.HasFlag(Defence.Server)
            ? new TierSettings(scenario, () => new OwnLimit(4 * scenario.Processors))
            : new TierSettings(scenario, () => new FixedLimit(StormScenario.NoLimit)) { Order = QueueOrder.OldestFirst };
    }
}
