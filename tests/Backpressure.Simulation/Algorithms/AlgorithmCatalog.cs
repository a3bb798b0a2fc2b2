using Backpressure.AspNetCore;
using Backpressure.Simulation.Algorithms.Peers;

namespace Backpressure.Simulation.Algorithms;

/// <summary>The limits that can take part in a tournament.</summary>
internal static class AlgorithmCatalog
{
    private const int Usual = 20; // what most of the others begin with

    /// <summary>Those that take part if nobody says otherwise.</summary>
    public static IReadOnlyList<Contender> Contenders { get; } =
    [
        new("ours", parts => new OwnLimit(parts.Initial ?? Usual, parts.Minimum, parts.Maximum)),
        new("ours+gate", parts => new OwnLimit(parts.Initial ?? Usual, parts.Minimum, parts.Maximum), QueueOrder.Adaptive),
        new("gradient2", parts => new Gradient2Limit(parts.Initial ?? Usual)),
        new("vegas", parts => new VegasLimit(parts.Initial ?? Usual)),
        new("aimd", parts => new AimdLimit(parts.Initial ?? Usual)),
        new("failsafe-go", parts => new FailsafeGoLimit(parts.Initial ?? Usual)),
        new("envoy-gradient", parts => new EnvoyGradientLimit(parts.Initial ?? Usual)),
        new("kratos-bbr", parts => new KratosBbrLimit(parts.Initial ?? Usual)),
    ];

    /// <summary>All that can be named.</summary>
    public static IReadOnlyList<Contender> All { get; } = [.. Contenders, new("fixed", parts => new FixedLimit(parts.Initial ?? Usual))];
}
