namespace Backpressure.Simulation.Model;

/// <summary>A workload and the server that it meets.</summary>
internal sealed record Scenario
{
    /// <summary>Up to this share of its capacity a server counts as underloaded, if no request misses its timeout.</summary>
    public const double UnderloadShare = 0.7;

    public required string Name { get; init; }

    /// <summary>Of the text that it was read from; empty for one that was made otherwise.</summary>
    public string Digest { get; init; } = "";

    public required double DurationSeconds { get; init; }

    /// <summary>From when on is measured.</summary>
    public required double WarmupSeconds { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>Requests per second.</summary>
    public required Piecewise Arrivals { get; init; }

    public required StationModel[] Stations { get; init; }

    public required ClassModel[] Classes { get; init; }

    public required ClientModel Clients { get; init; }

    public required QueueModel Queue { get; init; }

    public required LimitModel Limit { get; init; }

    public required Bar Bar { get; init; }

    public InstancesModel Instances { get; init; } = InstancesModel.One;

    /// <summary>Policies besides that of requests that choose none.</summary>
    public PolicyModel[] Policies { get; init; } = [];

    /// <summary>The processors that a server has at first, 1 or more.</summary>
    public int Processors => Math.Max(1, (int)Stations.Where(station => station.Kind == StationKind.ProcessorSharing).Sum(station => station.Servers!.At(0)));

    /// <summary>When arrivals, servers, needs, failures or the slowness of an instance last change.</summary>
    public double LastChange => Stations.Select(station => station.Servers).OfType<Piecewise>()
        .Concat(Classes.SelectMany(one => one.Steps).Select(step => step.MeanMs)).Append(Arrivals)
        .Concat(Instances.Slowness).Concat(Classes.Select(one => one.Failures?.Share).OfType<Piecewise>())
        .Max(value => value.LastChange(DurationSeconds));

    /// <summary>The busiest station's offered load over its capacity, at the worst time; thrashing left out of account, and with the load shared evenly among instances.</summary>
    public double OfferedShare => Arrivals.From
        .Concat(Stations.Select(station => station.Servers).OfType<Piecewise>().SelectMany(value => value.From))
        .Concat(Classes.SelectMany(one => one.Steps).SelectMany(step => step.MeanMs.From))
        .Concat(Instances.Slowness.SelectMany(value => value.From)).Concat(Classes.SelectMany(one => one.Failures?.Share.From ?? []))
        .Where(second => second < DurationSeconds).Max(OfferedShareAt);

    /// <summary>The mean work of each class in server seconds, what nobody has to wait for left out; in a scenario without servers all of it.</summary>
    public double[] Work()
    {
        double[] work = [.. Classes.Select(one => WorkOf(one, StationKind.Delay))];
        return work.Any(one => one == 0) ? [.. Classes.Select(one => WorkOf(one, null))] : work;
    }

    private double WorkOf(ClassModel one, StationKind? without) =>
        one.Steps.Where(step => Stations[step.Station].Kind != without).Sum(step => step.MeanMs.Mean(0, DurationSeconds) / 1000);

    private double OfferedShareAt(double second)
    {
        double rate = Arrivals.At(second) / Instances.Count * Instances.Slowness.Max(value => value.At(second));
        double worst = 0;
        for (int i = 0; i < Stations.Length; i++)
        {
            double need = rate * Classes.Sum(one => one.Share * (1 - (one.Failures?.Share.At(second) ?? 0)) * one.Steps.Where(step => step.Station == i).Sum(step => step.MeanMs.At(second) / 1000));
            if (need > 0 && Stations[i].Servers is { } servers)
            {
                worst = Math.Max(worst, need / servers.At(second)); // infinite without a server
            }
        }

        return worst;
    }
}
