using System.Globalization;
using Backpressure.Simulation.Algorithms;

namespace Backpressure.Simulation.Running;

/// <summary>What was asked for on the command line.</summary>
internal sealed record Arguments(IReadOnlyList<string> Files, int Seeds, IReadOnlyList<Contender> Contenders)
{
    /// <summary>How the results are written.</summary>
    public ReportForm Form { get; init; }

    /// <summary>The document that gets the tables, too; <see langword="null"/> for none.</summary>
    public string? Document { get; init; }

    /// <summary>Where pictures go; <see langword="null"/> for nowhere.</summary>
    public string? Pictures { get; init; }

    /// <summary>The file that keeps best limits; <see langword="null"/> for none.</summary>
    public string? BestLimits { get; init; }

    public const string Usage =
        """
        usage: tournament [--scenario FILE]... [--seeds N] [--algorithms a,b] [--json | --markdown]
                  [--document FILE] [--pictures DIR] [--best FILE]
          --scenario FILE    a scenario to run; without it, all that are shipped
          --seeds N          how many seeds, from the scenario's own on; 1 to 1000, without it 1
          --algorithms a,b   which limits take part; without it, all but fixed
          --json             JSON instead of tables
          --markdown         Markdown instead of tables
          --document FILE    puts the Markdown into a document as well, between its two markers
          --pictures DIR     draws a picture per scenario, as SVG: goodput, p99 and limit over time, goodput over load
          --best FILE        keeps the best limits: those in the file that still hold are not searched for again
        Runs limits in virtual time, each against the best fixed limit of the same scenario, queue and seed.
        The other command, storm, has options of its own.
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
        Arguments found = new(files, 1, AlgorithmCatalog.Contenders);
        for (int i = 1; i < args.Length; i++)
        {
            string option = args[i];
            if (option is "--json" or "--markdown")
            {
                found = found with { Form = option == "--json" ? ReportForm.Json : ReportForm.Markdown };
                continue;
            }

            if (option is not ("--scenario" or "--seeds" or "--algorithms" or "--document" or "--pictures" or "--best"))
            {
                return (null, $"There is no option '{option}'.");
            }

            if (++i == args.Length)
            {
                return (null, $"{option} needs a value.");
            }

            string value = args[i];
            switch (option)
            {
                case "--scenario":
                    files.Add(value);
                    break;
                case "--seeds" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int seeds) && seeds is >= 1 and <= MostSeeds:
                    found = found with { Seeds = seeds };
                    break;
                case "--seeds":
                    return (null, $"--seeds must be a whole number from 1 to {MostSeeds}; it is '{value}'.");
                case "--algorithms":
                    string[] names = value.Split(',', StringSplitOptions.TrimEntries);
                    if (Array.Find(names, name => Named(name) is null) is { } unknown)
                    {
                        return (null, $"There is no algorithm '{unknown}'. There are {string.Join(", ", AlgorithmCatalog.All.Select(one => one.Name))}.");
                    }

                    found = found with { Contenders = [.. names.Distinct().Select(name => Named(name)!)] };
                    break;
                case "--document":
                    found = found with { Document = value };
                    break;
                case "--pictures":
                    found = found with { Pictures = value };
                    break;
                default:
                    found = found with { BestLimits = value };
                    break;
            }
        }

        return (files.Count > 0 ? found : found with { Files = Shipped() }, null);
    }

    private static Contender? Named(string name) => AlgorithmCatalog.All.FirstOrDefault(one => one.Name == name);

    private static string[] Shipped() =>
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Scenarios"), "*.json").Order(StringComparer.Ordinal)];
}
