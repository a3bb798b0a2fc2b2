using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Reading;

/// <summary>Reads the policies that classes may name.</summary>
internal static class PolicyReader
{
    private const int MostPermits = 1_000_000;

    public static PolicyModel[] Read(DocumentNode? node)
    {
        if (node is null or { IsNull: true })
        {
            return [];
        }

        List<PolicyModel> policies = [];
        foreach (DocumentNode item in node.Items("""[ { "name": "reports", "cap": 4 } ]"""))
        {
            if (!item.IsObject("name", "cap", "queue"))
            {
                continue;
            }

            DocumentNode? named = item.Required("name", "\"reports\"");
            string name = named?.Text("\"reports\"") ?? "";
            if (policies.Exists(one => one.Name == name))
            {
                named!.Note("is the name of two policies. Rename one.");
            }

            int? cap = item.Optional("cap") is { IsNull: false } limit ? (int)limit.Whole(1, MostPermits, "4, or null for no cap") : null;
            policies.Add(new PolicyModel(name, cap, item.Optional("queue") is { IsNull: false } queue ? BehaviourReader.ReadQueue(queue) : null));
        }

        return [.. policies];
    }
}
