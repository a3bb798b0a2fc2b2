using Backpressure.AspNetCore;
using Backpressure.Simulation.Algorithms.Peers;
using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Storms;

/// <summary>Users call tier A, which calls B, which calls C; C fails always. How often is C asked for each call of a user?</summary>
internal sealed class TierStorm
{
    private const double PerSecond = 200; // 200 times the least number of retries per second, of which so little is left to see
    private const double Seconds = 240; // until the last wait is over
    private const string C = "c";
    private const int Ample = 100_000;

    private readonly FailureKind _kind;
    private readonly bool _isProtected;
    private readonly bool _relays;
    private readonly double _callingSeconds;
    private readonly ulong _seed;
    private readonly Network _network = new();
    private readonly VirtualTime _time = new();
    private readonly Dictionary<string, Tier> _tiers = [];

    private TierStorm(FailureKind kind, bool isProtected, bool relays, ulong seed, double callingSeconds)
    {
        _callingSeconds = callingSeconds;
        _kind = kind;
        _isProtected = isProtected;
        _relays = relays;
        _seed = seed;
    }

    /// <param name="kind">How C fails.</param>
    /// <param name="isProtected">Whether all clients are the one that is shipped; otherwise all try four times.</param>
    /// <param name="relays">Whether A and B answer a call that failed with 503, as a gateway does; otherwise with 500, as an exception that nobody catches.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="callingSeconds">How long users call.</param>
    public static TierStormResult Run(FailureKind kind, bool isProtected, bool relays, ulong seed, double callingSeconds = 60) =>
        new TierStorm(kind, isProtected, relays, seed, callingSeconds).Run();

    private TierStormResult Run()
    {
        using ProtectedClients clients = new(_tiers, _time, _seed, _ => { });
        Tier c = Add(C, new TierSettings(Last(), () => new FixedLimit(_kind == FailureKind.Refuses ? 8 : Ample)) { Failure = new Answer(_kind == FailureKind.Fails ? 500 : 503) });
        Tier b = Add("b", Calling(Caller(clients, c, C)));
        Tier a = Add("a", Calling(Caller(clients, b, "b")));
        Population users = new([Caller(clients, a, "a")], TimeSpan.FromSeconds(1), Seconds);
        ArrivalStream arrivals = new(new Piecewise([0, _callingSeconds], [PerSecond, 0]), users.Arrive, _seed);
        StormRun.Run([_network, _time.Source, .. a.Sources, .. b.Sources, .. c.Sources, arrivals], _time, Seconds, clients);
        return new TierStormResult(
            _kind,
            _isProtected ? "backpressure" : ForeignRules.Naive.Name,
            _relays,
            users.AllCalls,
            users.Ended,
            a.Measures.Attempts,
            b.Measures.Attempts,
            c.Measures.Attempts,
            c.Measures.FirstAttempts,
            c.Measures.Retries,
            b.Measures.NestedRetries + c.Measures.NestedRetries);
    }

    private Scenario Last() => _kind == FailureKind.Refuses ? StormScenario.Stalled(Seconds) : StormScenario.Failing(Seconds);

    private TierSettings Calling(ICaller behind) =>
        new(StormScenario.Calling(Seconds), () => new FixedLimit(Ample)) { Behind = behind, Failure = new Answer(_relays ? 503 : 500), Order = QueueOrder.Adaptive };

    private Tier Add(string host, TierSettings settings)
    {
        _tiers[host] = new Tier(settings, _network, _seed);
        return _tiers[host];
    }

    private ICaller Caller(ProtectedClients clients, Tier tier, string host) =>
        _isProtected ? clients.Create($"to {host}", host) : new ForeignCaller(tier, _time, ForeignRules.Naive, _seed, process: host[0]);
}
