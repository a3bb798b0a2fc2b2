using System.Text.Json;
using System.Text.Json.Serialization;
using Backpressure.Simulation.Storms;

namespace Backpressure.Simulation.Running;

/// <summary>The command <c>storm</c>.</summary>
internal static class StormCommand
{
    private const int Wrong = 2;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // what never recovers takes for ever
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <param name="args">What follows the command.</param>
    /// <param name="output">Gets the results.</param>
    /// <param name="errors">Gets what is wrong.</param>
    /// <returns>The exit code: 0, or 2 for arguments that are wrong.</returns>
    public static int Run(ReadOnlySpan<string> args, TextWriter output, TextWriter errors)
    {
        if (args.Contains("--help") || args.Contains("-h"))
        {
            output.WriteLine(StormArguments.Usage);
            return 0;
        }

        (StormArguments? arguments, string? error) = StormArguments.Parse(args);
        if (arguments is null)
        {
            errors.WriteLine(error);
            errors.WriteLine(StormArguments.Usage);
            return Wrong;
        }

        if (arguments.Picture is { } file)
        {
            try
            {
                using StreamWriter writer = new(file); // before anything is measured for it
                writer.Write(StormPicture.Draw());
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                errors.WriteLine($"{file}: cannot be written: {failure.Message}");
                return Wrong;
            }
        }

        StormResults results = StormResults.Measure(arguments.Seeds, Environment.ProcessorCount);
        output.Write(arguments.IsJson ? JsonSerializer.Serialize(results, Json) + Environment.NewLine : StormTable.Write(results));
        return 0;
    }
}
