using System.Globalization;

namespace Backpressure.Simulation.Running;

/// <summary>What was asked for of the command <c>storm</c>.</summary>
/// <param name="Seeds">How many seeds the storm after a trigger runs with.</param>
/// <param name="IsJson">Whether the results are written as JSON.</param>
/// <param name="Picture">The file that gets the picture; <see langword="null"/> for none.</param>
internal sealed record StormArguments(int Seeds, bool IsJson, string? Picture)
{
    public const string Command = "storm";

    public const string Usage =
        """
        usage: storm [--seeds N] [--json] [--picture FILE]
          --seeds N          with how many seeds the server loses its capacity, from 1 on; 1 to 1000, without it 20;
                             what is defended less runs with 20 at most
          --json             JSON instead of tables
          --picture FILE     draws that storm, with and without what keeps it down, as SVG
        Runs storms of retries in virtual time, through the server and the client that are shipped.
        """;

    private const int MostSeeds = 1000;
    private const int UsualSeeds = 20;

    /// <param name="args">What follows the command.</param>
    /// <returns>The arguments, or what is wrong with them.</returns>
    public static (StormArguments? Arguments, string? Error) Parse(ReadOnlySpan<string> args)
    {
        StormArguments found = new(UsualSeeds, IsJson: false, Picture: null);
        for (int i = 0; i < args.Length; i++)
        {
            string option = args[i];
            if (option == "--json")
            {
                found = found with { IsJson = true };
                continue;
            }

            if (option is not ("--seeds" or "--picture"))
            {
                return (null, $"There is no option '{option}'.");
            }

            if (++i == args.Length)
            {
                return (null, $"{option} needs a value.");
            }

            if (option == "--picture")
            {
                found = found with { Picture = args[i] };
            }
            else if (int.TryParse(args[i], NumberStyles.None, CultureInfo.InvariantCulture, out int seeds) && seeds is >= 1 and <= MostSeeds)
            {
                found = found with { Seeds = seeds };
            }
            else
            {
                return (null, $"--seeds must be a whole number from 1 to {MostSeeds}; it is '{args[i]}'.");
            }
        }

        return (found, null);
    }
}
