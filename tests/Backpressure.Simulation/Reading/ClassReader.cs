using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Reading;

/// <summary>Reads the classes of requests of a scenario.</summary>
internal static class ClassReader
{
    private const double LongestMs = 1e9;

    public static ClassModel[] Read(DocumentNode? node, StationModel[] stations, PolicyModel[] policies)
    {
        List<ClassModel> classes = [];
        foreach (DocumentNode item in node?.Items("""[ { "name": "read", "weight": 1, "steps": [ … ] } ]""") ?? [])
        {
            if (item.IsObject("name", "weight", "steps", "policy", "failures"))
            {
                string name = item.Required("name", "\"read\"")?.Text("\"read\"") ?? "";
                double weight = item.Required("weight", "1")?.Number(0, 1e9, "1") ?? 1;
                classes.Add(new ClassModel(name, weight, ReadSteps(item.Required("steps", """[ { "station": "cpu", … } ]"""), stations))
                {
                    Policy = ReadPolicy(item.Optional("policy"), policies),
                    Failures = ReadFailures(item.Optional("failures")),
                });
            }
        }

        double sum = classes.Sum(one => one.Share);
        if (sum <= 0 && classes.Count > 0)
        {
            node!.Note("has no weight above 0. Give one to the classes that come.");
        }

        return [.. classes.Select(one => one with { Share = one.Share / sum })];
    }

    private static int? ReadPolicy(DocumentNode? node, PolicyModel[] policies)
    {
        if (node is null or { IsNull: true })
        {
            return null;
        }

        string name = node.Text("\"reports\"");
        int index = Array.FindIndex(policies, one => one.Name == name);
        if (index < 0 && name.Length > 0)
        {
            node.Note($"names no policy of this scenario. {(policies.Length > 0 ? $"There are {string.Join(", ", policies.Select(one => one.Name))}." : "Add it to policies.")}");
        }

        return Math.Max(0, index);
    }

    private static FailureModel? ReadFailures(DocumentNode? node)
    {
        if (node is null or { IsNull: true } || !node.IsObject("share", "afterMs"))
        {
            return null;
        }

        Piecewise share = PiecewiseReader.Read(node.Required("share", """[ { "fromSecond": 0, "value": 0.5 } ]"""), "value", value => value.Number(0, 1, "0.5"));
        return new FailureModel(share, node.Required("afterMs", "1")?.Number(0, LongestMs, "1") ?? 0);
    }

    private static StepModel[] ReadSteps(DocumentNode? node, StationModel[] stations)
    {
        List<StepModel> steps = [];
        foreach (DocumentNode item in node?.Items("""[ { "station": "cpu", "distribution": "exponential", "meanMs": [ { "fromSecond": 0, "value": 2 } ] } ]""") ?? [])
        {
            if (item.IsObject("station", "distribution", "meanMs", "cv"))
            {
                steps.Add(ReadStep(item, stations));
            }
        }

        return [.. steps];
    }

    private static StepModel ReadStep(DocumentNode node, StationModel[] stations)
    {
        DocumentNode? station = node.Required("station", stations.Length > 0 ? $"\"{stations[0].Name}\"" : "\"cpu\"");
        string name = station?.Text("\"cpu\"") ?? "";
        int index = Array.FindIndex(stations, one => one.Name == name);
        if (index < 0 && name.Length > 0 && stations.Length > 0)
        {
            station!.Note($"names no station of this scenario. There are {string.Join(", ", stations.Select(one => one.Name))}.");
        }

        DistributionKind distribution = node.Optional("distribution")?.Choice(
            ("exponential", DistributionKind.Exponential),
            ("lognormal", DistributionKind.LogNormal),
            ("constant", DistributionKind.Constant),
            ("deterministic", DistributionKind.Constant),
            ("hyperexponential", DistributionKind.Hyperexponential)) ?? DistributionKind.Exponential;
        Piecewise mean = PiecewiseReader.Read(node.Required("meanMs", """[ { "fromSecond": 0, "value": 2 } ]"""), "value", value => value.Number(0, LongestMs, "2"));
        DocumentNode? cv = node.Optional("cv");
        double variation = cv is { IsNull: false } ? cv.Number(0, 100, "1") : 1;
        if (distribution == DistributionKind.Hyperexponential && variation < 1)
        {
            cv!.Note("must be 1 or more with the distribution hyperexponential. Choose lognormal for less.");
        }

        return new StepModel(Math.Max(0, index), distribution, mean, variation);
    }
}
