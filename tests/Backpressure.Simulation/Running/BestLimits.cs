using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Backpressure.Simulation.Algorithms.Peers;
using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;
using Backpressure.Simulation.Reading;

namespace Backpressure.Simulation.Running;

/// <summary>Best fixed limits that were found before. One counts only while the text of its scenario is the same, and while a run with it comes to the same figures.</summary>
internal sealed class BestLimits
{
    private static readonly JsonSerializerOptions Naming = new(JsonSerializerDefaults.Web) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly ConcurrentDictionary<(string Digest, ulong Seed), BestLimit> _known = new();

    /// <summary>All of them, by scenario and seed.</summary>
    public IEnumerable<BestLimit> All => _known.Values.OrderBy(one => one.Scenario, StringComparer.Ordinal).ThenBy(one => one.Seed);

    /// <summary>Reads a file; one that is not there holds nothing.</summary>
    /// <exception cref="ScenarioException">It is no such file.</exception>
    public static BestLimits Load(string file)
    {
        BestLimits limits = new();
        try
        {
            foreach (BestLimit one in File.Exists(file) ? JsonSerializer.Deserialize<BestLimit[]>(File.ReadAllText(file), Naming) ?? [] : [])
            {
                limits.Add(one);
            }
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ScenarioException(file, [$"holds no best limits: {failure.Message} Delete it, or name another file."]);
        }

        return limits;
    }

    public void Add(BestLimit one) => _known[(one.Digest, one.Seed)] = one;

    /// <summary>Writes all of them, one a line.</summary>
    public void Save(string file) => File.WriteAllText(file, $"[\n  {string.Join(",\n  ", All.Select(one => JsonSerializer.Serialize(one, Naming)))}\n]\n");

    /// <summary>What was noted for a scenario and a seed; <see langword="null"/> for nothing.</summary>
    public BestLimit? Find(Scenario scenario, ulong seed) => scenario.Digest.Length > 0 && _known.TryGetValue((scenario.Digest, seed), out BestLimit? known) ? known : null;

    /// <summary>The best limit of a scenario and a seed, run once more; <see langword="null"/> if none was noted, or if the run came to something else.</summary>
    public SweepPoint? Run(Scenario scenario, ulong seed)
    {
        if (Find(scenario, seed) is not { } known)
        {
            return null;
        }

        RunResult result = new VirtualRun(scenario, seed, () => new FixedLimit(known.Limit)).Run();
        bool isSame = result.GoodputPerSecond.Equals(known.GoodputPerSecond) && result.P99Ms.Equals(known.P99Ms);
        return isSame ? new SweepPoint(known.Limit, Sweep.ValueOf(scenario, result), result) : null;
    }

    /// <summary>Notes what a sweep found; what was found for an earlier text of the scenario is dropped.</summary>
    public void Note(Scenario scenario, ulong seed, SweepPoint best)
    {
        if (scenario.Digest.Length == 0)
        {
            return; // it has no text
        }

        foreach (BestLimit old in _known.Values.Where(one => one.Scenario == scenario.Name && one.Digest != scenario.Digest))
        {
            _known.TryRemove((old.Digest, old.Seed), out _);
        }

        Add(new BestLimit(scenario.Name, scenario.Digest, seed, best.Limit, best.Result.GoodputPerSecond, best.Result.P99Ms));
    }
}
