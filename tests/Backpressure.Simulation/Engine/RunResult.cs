using Backpressure.Simulation.Model;

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

    /// <summary>How long the limit took to come to rest after the last change; of several instances the one that took longest.</summary>
    public required double SettleSeconds { get; init; }

    /// <summary>The same without the looks around of limits that take some.</summary>
    public required double SettledLimitSeconds { get; init; }

    /// <summary>Attempts that ended in an error.</summary>
    public required long Failures { get; init; }

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

    /// <summary>The mean limit of each second; of several instances their mean.</summary>
    public required double[] Limits { get; init; }

    /// <summary>The same without the looks around of limits that take some.</summary>
    public required double[] SettledLimits { get; init; }

    /// <summary>The mean number in flight of each second; of several instances their mean.</summary>
    public required double[] InFlights { get; init; }

    /// <summary>Puts together what was measured in a run.</summary>
    public static RunResult Of(Scenario scenario, ServerMeasures[] servers, ClientMeasures clients, long calls, long events, long end)
    {
        double seconds = scenario.DurationSeconds - scenario.WarmupSeconds;
        Percentiles times = servers[0].Latencies;
        foreach (ServerMeasures other in servers.Skip(1))
        {
            times.Add(other.Latencies);
        }

        double[][] limits = [.. servers.Select(server => server.Limit.Seconds(end))];
        double[][] settled = [.. servers.Select(server => server.SettledLimit.Seconds(end))];
        double[] inFlights = Mean([.. servers.Select(server => server.InFlight.Seconds(end))]);
        long arrivals = servers.Sum(server => server.Arrivals);
        return new RunResult
        {
            GoodputPerSecond = clients.Answers / seconds,
            WorkPerSecond = clients.Work / seconds,
            MeanMs = times.Mean / TimeSpan.TicksPerMillisecond,
            P50Ms = times.At(0.5) / TimeSpan.TicksPerMillisecond,
            P99Ms = times.At(0.99) / TimeSpan.TicksPerMillisecond,
            ShedShare = (double)servers.Sum(server => server.Sheds) / Math.Max(1, arrivals),
            MeanLimit = MeanAfterWarmup(scenario, Mean(limits)),
            MeanInFlight = MeanAfterWarmup(scenario, inFlights),
            PeakInFlight = servers.Max(server => server.InFlight.Peak),
            SettleSeconds = limits.Max(one => Settling.Of(one, scenario.LastChange)),
            SettledLimitSeconds = settled.Max(one => Settling.Of(one, scenario.LastChange)),
            AllSheds = servers.Sum(server => server.AllSheds),
            Failures = servers.Sum(server => server.Failures),
            Timeouts = clients.Timeouts,
            Amplification = (double)arrivals / Math.Max(1, clients.Calls),
            Calls = calls,
            Events = events,
            Completions = times.Count,
            Limits = Mean(limits),
            SettledLimits = Mean(settled),
            InFlights = inFlights,
        };
    }

    private static double[] Mean(double[][] instances) => [.. instances[0].Select((_, second) => instances.Average(one => one[second]))];

    /// <summary>The mean after the warm-up, the first and the last second by what of them counts.</summary>
    private static double MeanAfterWarmup(Scenario scenario, double[] seconds)
    {
        double sum = 0;
        for (int i = 0; i < seconds.Length; i++)
        {
            double from = Math.Max(i, scenario.WarmupSeconds);
            sum += seconds[i] * Math.Max(0, Math.Min(i + 1, scenario.DurationSeconds) - from);
        }

        return sum / (scenario.DurationSeconds - scenario.WarmupSeconds);
    }
}
