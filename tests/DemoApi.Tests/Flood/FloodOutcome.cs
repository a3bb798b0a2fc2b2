using Backpressure.AspNetCore;
using DemoApi.Tests.Load;

namespace DemoApi.Tests.Flood;

/// <summary>Everything that both sides know of a flood after it.</summary>
internal sealed record FloodOutcome
{
    public required FloodSetup Setup { get; init; }

    /// <summary>What the clients saw.</summary>
    public required LoadReport Report { get; init; }

    /// <summary>What the service served per second just before the flood, to exactly as many clients as it has permits; 0 if that was not measured.</summary>
    public required double CapacityBefore { get; init; }

    /// <summary>The same just after the flood.</summary>
    public required double CapacityAfter { get; init; }

    /// <summary>What the handler ran, by request id.</summary>
    public required IReadOnlyDictionary<string, int> Ledger { get; init; }

    /// <summary>The most requests that were in the handler at once.</summary>
    public required int Peak { get; init; }

    /// <summary>The longest that a request which ran had waited for its permit.</summary>
    public required TimeSpan LongestWait { get; init; }

    /// <summary>The longest time for wait and handler together that a request was given.</summary>
    public required TimeSpan LongestAllowance { get; init; }

    public required BackpressurePolicySnapshot Before { get; init; }

    /// <summary>The default policy once nothing was held or queued any more, or when waiting for that was given up.</summary>
    public required BackpressurePolicySnapshot After { get; init; }

    public required SnapshotWatch Watch { get; init; }

    public required HealthProbe Health { get; init; }

    /// <summary>What the meter counted since the start, up to <see cref="After"/>.</summary>
    public required IReadOnlyDictionary<(string Instrument, string Tag), long> Counters { get; init; }

    public double CapacityPerSecond => (CapacityBefore + CapacityAfter) / 2;

    /// <summary>Served per second while the flood lasted, its first half second aside.</summary>
    public double GoodputPerSecond => Report.GoodputPerSecond(TimeSpan.FromSeconds(0.5), Setup.Duration, TimeSpan.MaxValue);

    public override string ToString() =>
        $"{Report}; capacity {CapacityBefore:F1} and {CapacityAfter:F1}/s, goodput {GoodputPerSecond:F1}/s, peak {Peak}, {Watch.Samples} snapshots; after: {SnapshotWatch.Describe(After)}";
}
