using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Reading;

/// <summary>Reads the stations of a scenario.</summary>
internal static class StationReader
{
    private const int MostServers = 1_000_000;

    public static StationModel[] Read(DocumentNode? node)
    {
        if (node is null)
        {
            return [];
        }

        List<StationModel> stations = [];
        foreach ((string key, DocumentNode value) in node.Members())
        {
            if (value.IsObject("kind", "servers", "thrashAbove", "thrashFactor"))
            {
                stations.Add(ReadOne(key, value));
            }
        }

        if (!node.Members().Any())
        {
            node.Note("must be an object with one station at least, for example { \"net\": { \"kind\": \"delay\" } }.");
        }

        if (stations.Count(station => station.Kind == StationKind.ThreadPool) > 1)
        {
            node.Note("has more than one station of the kind threadPool. A server has one pool; leave one.");
        }

        return [.. stations];
    }

    private static StationModel ReadOne(string name, DocumentNode node)
    {
        StationKind kind = node.Required("kind", "\"processorSharing\"")?.Choice(
            ("processorSharing", StationKind.ProcessorSharing),
            ("firstComeFirstServed", StationKind.FirstComeFirstServed),
            ("delay", StationKind.Delay),
            ("threadPool", StationKind.ThreadPool)) ?? StationKind.Delay;
        Piecewise? servers = null;
        DocumentNode? listed = node.Optional("servers");
        if (kind != StationKind.Delay)
        {
            servers = PiecewiseReader.Read(node.Required("servers", """[ { "fromSecond": 0, "count": 4 } ]"""), "count", value => value.Whole(0, MostServers, "4"));
        }
        else if (listed is { IsNull: false })
        {
            listed.Note("does not go with the kind delay, where nobody waits for a server. Take it out, or choose the kind firstComeFirstServed.");
        }

        double? above = node.Optional("thrashAbove") is { IsNull: false } limit ? limit.Number(0, MostServers, "16") : null;
        double factor = node.Optional("thrashFactor")?.Number(0, 1e6, "0.05") ?? 0;
        if (above is not null && kind != StationKind.ProcessorSharing)
        {
            node.Optional("thrashAbove")!.Note("goes with the kind processorSharing only. Make it null.");
        }

        return new StationModel(name, kind, servers, above, factor);
    }
}
