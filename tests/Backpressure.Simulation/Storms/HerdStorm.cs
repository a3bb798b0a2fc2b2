using Backpressure.Simulation.Algorithms.Peers;
using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Storms;

/// <summary>A hundred servers stand still, and within a twentieth of a second ten thousand clients are refused. When do they come back (C22)?</summary>
internal static class HerdStorm
{
    /// <summary>The clients that are shipped, against the servers that are shipped.</summary>
    public const string Own = "backpressure";

    private const int Servers = 100;
    private const int Clients = 10_000;
    private const double Seconds = 40;
    private const double From = 1;
    private const double Burst = 0.05;

    /// <summary>The clients that are shipped.</summary>
    public static HerdStormResult Run(ulong seed) => Run(Own, refusal: null, seed);

    /// <summary>Clients of others.</summary>
    public static HerdStormResult Run(ForeignRules rules, ulong seed) => Run(rules.Name, refusal: null, seed, rules);

    /// <summary>The control: servers that tell everybody to come back after a second, and clients that do.</summary>
    public static HerdStormResult RunFixed(ulong seed) => Run("Retry-After: 1", new Answer(503, RetryAfter: "1"), seed, ForeignRules.RetryAfterOnly);

    private static HerdStormResult Run(string name, Answer? refusal, ulong seed, ForeignRules? rules = null)
    {
        Network network = new();
        VirtualTime time = new();
        Dictionary<string, Tier> tiers = [];
        using ProtectedClients clients = new(tiers, time, seed, options => options.MaximumAttempts = 2);
        Tier server = new(new TierSettings(StormScenario.Stalled(Seconds, Servers, queue: 0), () => new FixedLimit(1)) { Refusal = refusal }, network, seed);
        tiers.Add("server", server);
        ICaller[] processes = [.. Enumerable.Range(0, Clients).Select(index => rules is null
            ? clients.Create($"client {index}", "server")
            : new ForeignCaller(server, time, rules with { MaximumAttempts = 2, Timeout = TimeSpan.FromSeconds(Seconds) }, seed, index))];
        Population users = new(processes, TimeSpan.FromSeconds(1), Seconds);
        ArrivalStream arrivals = new(new Piecewise([0, From, From + Burst], [0, Clients / Burst, 0]), users.Arrive, seed);
        StormRun.Run([network, time.Source, .. server.Sources, arrivals], time, Seconds, clients);
        return HerdStormResult.Of(name, server.Measures);
    }
}
