namespace Backpressure.Simulation.Engine;

/// <summary>What one run measured; all of it after the warm-up if nothing else is said.</summary>
internal sealed record RunResult
{
    /// <summary>Logical requests answered in time.</summary>
    public required double GoodputPerSecond { get; init; }

    /// <summary>The same in server seconds of work.</summary>
    public required double WorkPerSecond { get; init; }

    /// <summary>Of the attempts that ran to their end, from their arrival; NaN when there were none.</summary>
    public required double MeanMs { get; init; }

    public required double P50Ms { get; init; }

    public required double P99Ms { get; init; }

    /// <summary>Of the attempts that came.</summary>
    public required double ShedShare { get; init; }

    public required double MeanLimit { get; init; }

    public required double MeanInFlight { get; init; }

    /// <summary>From the start.</summary>
    public required double PeakInFlight { get; init; }

    public required double SettleSeconds { get; init; }

    /// <summary>Attempts that were refused, from the start.</summary>
    public required long AllSheds { get; init; }

    /// <summary>Attempts whose clients left, from the start.</summary>
    public required long Timeouts { get; init; }

    /// <summary>Attempts per logical request.</summary>
    public required double Amplification { get; init; }

    /// <summary>Logical requests, from the start.</summary>
    public required long Calls { get; init; }

    public required long Events { get; init; }

    /// <summary>Attempts that ran to their end.</summary>
    public required long Completions { get; init; }

    /// <summary>The mean limit of each second.</summary>
    public required double[] Limits { get; init; }

    /// <summary>The mean number in flight of each second.</summary>
    public required double[] InFlights { get; init; }
}
