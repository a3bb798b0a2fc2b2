using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Reading;

/// <summary>Reads how many servers there are, who chooses among them, and which of them are slow.</summary>
internal static class InstancesReader
{
    private const int Most = 64;
    private const double Slowest = 1e6;

    public static InstancesModel Read(DocumentNode? node)
    {
        if (node is null or { IsNull: true } || !node.IsObject("count", "balance", "slow"))
        {
            return InstancesModel.One;
        }

        int count = (int)(node.Required("count", "2")?.Whole(1, Most, "2") ?? 1);
        BalanceKind balance = node.Optional("balance")?.Choice(("roundRobin", BalanceKind.RoundRobin), ("leastBusy", BalanceKind.LeastBusy)) ?? BalanceKind.RoundRobin;
        Piecewise[] slowness = [.. Enumerable.Repeat(InstancesModel.One.Slowness[0], count)];
        HashSet<long> seen = [];
        foreach (DocumentNode item in node.Optional("slow")?.Items("""[ { "instance": 2, "factor": [ { "fromSecond": 0, "value": 4 } ] } ]""") ?? [])
        {
            if (!item.IsObject("instance", "factor"))
            {
                continue;
            }

            DocumentNode? which = item.Required("instance", "2");
            long instance = which?.Whole(1, count, $"{count}") ?? 1;
            if (!seen.Add(instance))
            {
                which!.Note("stands there twice. Put its factors into one list.");
            }

            slowness[instance - 1] = PiecewiseReader.Read(item.Required("factor", """[ { "fromSecond": 0, "value": 4 } ]"""), "value", value => value.Number(0.001, Slowest, "4"));
        }

        return new InstancesModel(balance, slowness);
    }
}
