using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Storms;

/// <summary>A server with its defaults, called for a minute by twice as many as it can serve, with clients of others.</summary>
internal static class ForeignStorm
{
    private const int Processors = 8;
    private const double MeanMs = 20;
    private const double Overload = 2;
    private const double Seconds = 80;
    private const int Warmup = 20;
    private const int Processes = 10;

    public static ForeignStormResult Run(ForeignRules rules, ulong seed)
    {
        const double capacity = Processors / MeanMs * 1000;
        Network network = new();
        VirtualTime time = new();
        Scenario scenario = StormScenario.Processors(StormScenario.Always(Processors), MeanMs, Seconds);
        Tier server = new(new TierSettings(scenario, () => new OwnLimit(4 * Processors)), network, seed);
        Population users = new([.. Enumerable.Range(0, Processes).Select(index => new ForeignCaller(server, time, rules, seed, index))], TimeSpan.FromSeconds(1), Seconds);
        ArrivalStream arrivals = new(StormScenario.Always(Overload * capacity), users.Arrive, seed);
        StormRun.Run([network, time.Source, .. server.Sources, arrivals], time, Seconds, clients: null);
        TierMeasures measures = server.Measures;
        return new ForeignStormResult(
            rules.Name,
            users.AllCalls,
            measures.FirstAttempts,
            measures.Retries,
            measures.Refused,
            measures.Tickets,
            measures.Served.Skip(Warmup).Average() / capacity,
            measures.Answered.Skip(Warmup).Average() / capacity,
            server.PeakInFlight,
            server.PeakLimit);
    }
}
