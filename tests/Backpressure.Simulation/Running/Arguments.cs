using System.Globalization;
using Backpressure.Simulation.Algorithms;

namespace Backpressure.Simulation.Running;

/// <summary>What was asked for on the command line.</summary>
internal sealed record Arguments(IReadOnlyList<string> Files, int Seeds, IReadOnlyList<Contender> Contenders, bool IsJson)
{
    public const string Usage =
        """
        usage: tournament [--scenario FILE]... [--seeds N] [--algorithms a,b] [--json]
          --scenario FILE    a scenario to run; without it, all that are shipped
          --seeds N          how many seeds, from the scenario's own on; 1 to 1000, without it 1
          --algorithms a,b   which limits take part; without it, all but fixed
          --json             JSON instead of tables
        Runs limits in virtual time, each against the best fixed limit of the same scenario, queue and seed.
        """;

    private const int MostSeeds = 1000;

    /// <returns>The arguments, or what is wrong with them.</returns>
    public static (Arguments? Arguments, string? Error) Parse(string[] args)
    {
        if (args is not ["tournament", ..])
        {
            return (null, args.Length == 0 ? "There is no command." : $"There is no command '{args[0]}'.");
        }

        List<string> files = [];
        int seeds = 1;
        IReadOnlyList<Contender> contenders = AlgorithmCatalog.Contenders;
        bool isJson = false;
        for (int i = 1; i < args.Length; i++)
        {
            string? value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--json":
                    isJson = true;
                    continue;
                case "--scenario" or "--seeds" or "--algorithms" when value is null:
                    return (null, $"{args[i]} needs a value.");
                case "--scenario":
                    files.Add(value);
                    break;
                case "--seeds" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out seeds) && seeds is >= 1 and <= MostSeeds:
                    break;
                case "--seeds":
                    return (null, $"--seeds must be a whole number from 1 to {MostSeeds}; it is '{value}'.");
                case "--algorithms":
                    string[] names = value.Split(',', StringSplitOptions.TrimEntries);
                    if (Array.Find(names, name => Named(name) is null) is { } unknown)
                    {
                        return (null, $"There is no algorithm '{unknown}'. There are {string.Join(", ", AlgorithmCatalog.All.Select(one => one.Name))}.");
                    }

                    contenders = [.. names.Distinct().Select(name => Named(name)!)];
                    break;
                default:
                    return (null, $"There is no option '{args[i]}'.");
            }

            i++;
        }

        return (new Arguments(files.Count > 0 ? files : Shipped(), seeds, contenders, isJson), null);
    }

    private static Contender? Named(string name) => AlgorithmCatalog.All.FirstOrDefault(one => one.Name == name);

    private static string[] Shipped() =>
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Scenarios"), "*.json").Order(StringComparer.Ordinal)];
}
