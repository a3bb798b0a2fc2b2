using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Reading;

/// <summary>Reads how clients, queue and limit behave, and what is expected of the limit.</summary>
internal static class BehaviourReader
{
    private const double LongestMs = 1e9;
    private const int MostPermits = 1_000_000;

    public static ClientModel ReadClients(DocumentNode? node)
    {
        if (node?.IsObject("timeoutMs", "maxAttempts", "retryBudgetRatio", "backoffMs") != true)
        {
            return new ClientModel(TimeSpan.FromSeconds(1), 1, null, TimeSpan.Zero);
        }

        return new ClientModel(
            Milliseconds(node.Required("timeoutMs", "1000"), 0.001, "1000"),
            (int)(node.Optional("maxAttempts")?.Whole(1, 100, "1") ?? 1),
            node.Optional("retryBudgetRatio") is { IsNull: false } ratio ? ratio.Number(0, 1000, "0.1, or null for no budget") : null,
            Milliseconds(node.Optional("backoffMs"), 0, "50"));
    }

    public static QueueModel ReadQueue(DocumentNode? node)
    {
        if (node?.IsObject("capacity", "maximumWaitMs") != true)
        {
            return new QueueModel(100, TimeSpan.FromSeconds(1));
        }

        return new QueueModel(
            (int)(node.Required("capacity", "100")?.Whole(0, MostPermits, "100") ?? 100),
            Milliseconds(node.Required("maximumWaitMs", "250"), 0, "250"));
    }

    public static LimitModel ReadLimit(DocumentNode? node)
    {
        if (node is null or { IsNull: true } || !node.IsObject("initial", "minimum", "maximum"))
        {
            return new LimitModel(null, 1, 1000);
        }

        int? initial = node.Optional("initial") is { IsNull: false } start ? (int)start.Whole(1, MostPermits, "20, or null for each algorithm's own default") : null;
        int minimum = (int)(node.Optional("minimum")?.Whole(1, MostPermits, "1") ?? 1);
        int maximum = (int)(node.Optional("maximum")?.Whole(1, MostPermits, "1000") ?? 1000);
        if (minimum > maximum || initial < minimum || initial > maximum)
        {
            node.Note($"must have minimum ≤ initial ≤ maximum; they are {minimum}, {initial?.ToString() ?? "null"} and {maximum}.");
        }

        return new LimitModel(initial, minimum, maximum);
    }

    public static Bar ReadBar(DocumentNode? node)
    {
        if (node is null or { IsNull: true } || !node.IsObject("goodputShare", "p99Ratio", "because"))
        {
            return Bar.Usual;
        }

        return new Bar(
            node.Required("goodputShare", "0.9")?.Number(Bar.LoosestGoodputShare, 1, "0.9") ?? Bar.Usual.GoodputShare,
            node.Required("p99Ratio", "2")?.Number(1, Bar.LoosestP99Ratio, "2") ?? Bar.Usual.P99Ratio,
            node.Required("because", "\"few completions a second\"")?.Text("\"few completions a second\""));
    }

    private static TimeSpan Milliseconds(DocumentNode? node, double least, string example) => TimeSpan.FromMilliseconds(node?.Number(least, LongestMs, example) ?? least);
}
