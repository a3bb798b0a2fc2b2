using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Reading;

/// <summary>Reads a scenario from JSON, strictly: whatever is unknown or impossible is an error, and all errors are told at once.</summary>
internal static class ScenarioReader
{
    private const double LongestSeconds = 1e6;
    private const double HighestRate = 1e7;

    /// <exception cref="ScenarioException">It is no scenario, or cannot be read.</exception>
    public static Scenario ReadFile(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ScenarioException(path, [$"cannot be read: {failure.Message}"]);
        }

        return Read(text, path);
    }

    /// <param name="text">The document.</param>
    /// <param name="file">What to call it when something is wrong.</param>
    /// <exception cref="ScenarioException">It is no scenario.</exception>
    public static Scenario Read(string text, string file)
    {
        List<string> errors = [];
        Scenario? scenario = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
            scenario = Read(new DocumentNode(document.RootElement, "$", errors));
        }
        catch (JsonException failure)
        {
            errors.Add($"$: is no JSON: {failure.Message}");
        }

        return errors.Count == 0 ? scenario! with { Digest = DigestOf(text) } : throw new ScenarioException(file, errors);
    }

    private static string DigestOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.Replace("\r\n", "\n", StringComparison.Ordinal))))[..16];

    private static Scenario? Read(DocumentNode root)
    {
        if (!root.IsObject("name", "durationSeconds", "warmupSeconds", "seed", "arrivals", "stations", "classes", "policies", "instances", "clients", "queue", "limit", "bar"))
        {
            return null;
        }

        StationModel[] stations = StationReader.Read(root.Required("stations", """{ "cpu": { "kind": "processorSharing", "servers": [ { "fromSecond": 0, "count": 4 } ] } }"""));
        PolicyModel[] policies = PolicyReader.Read(root.Optional("policies"));
        double duration = root.Required("durationSeconds", "120")?.Number(0.001, LongestSeconds, "120") ?? LongestSeconds;
        DocumentNode? warmup = root.Optional("warmupSeconds");
        double warmupSeconds = warmup?.Number(0, LongestSeconds, "40") ?? 0;
        if (warmupSeconds >= duration)
        {
            warmup!.Note($"must be less than durationSeconds, which is {duration}.");
        }

        return new Scenario
        {
            Name = root.Required("name", "\"io-heavy\"")?.Text("\"io-heavy\"") ?? "",
            DurationSeconds = duration,
            WarmupSeconds = warmupSeconds,
            Seed = (ulong)(root.Optional("seed")?.Whole(0, long.MaxValue, "1") ?? 1),
            Arrivals = PiecewiseReader.Read(root.Required("arrivals", """[ { "fromSecond": 0, "perSecond": 100 } ]"""), "perSecond", value => value.Number(0, HighestRate, "100")),
            Stations = stations,
            Classes = ClassReader.Read(root.Required("classes", """[ { "name": "read", "weight": 1, "steps": [ … ] } ]"""), stations, policies),
            Policies = policies,
            Instances = InstancesReader.Read(root.Optional("instances")),
            Clients = BehaviourReader.ReadClients(root.Optional("clients")),
            Queue = BehaviourReader.ReadQueue(root.Optional("queue")),
            Limit = BehaviourReader.ReadLimit(root.Optional("limit")),
            Bar = BehaviourReader.ReadBar(root.Optional("bar")),
        };
    }
}
