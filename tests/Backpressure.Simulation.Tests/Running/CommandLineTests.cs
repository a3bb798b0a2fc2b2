using System.Text.Json;
using Backpressure.Simulation.Running;

namespace Backpressure.Simulation.Tests.Running;

public sealed class CommandLineTests : IDisposable
{
    private const string Small =
        """
        { "name": "small", "durationSeconds": 5, "warmupSeconds": 1, "seed": 1,
          "arrivals": [ { "fromSecond": 0, "perSecond": 400 } ],
          "stations": { "cpu": { "kind": "processorSharing", "servers": [ { "fromSecond": 0, "count": 2 } ] } },
          "classes": [ { "name": "read", "weight": 1, "steps": [ { "station": "cpu", "distribution": "exponential", "meanMs": [ { "fromSecond": 0, "value": 10 } ], "cv": 1 } ] } ],
          "clients": { "timeoutMs": 1000, "maxAttempts": 1, "retryBudgetRatio": null, "backoffMs": 0 },
          "queue": { "capacity": 100, "maximumWaitMs": 250 }, "bar": null }
        """;

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Json_has_what_others_read()
    {
        File.WriteAllText(_file, Small);

        (int code, string output, _) = Run("tournament", "--scenario", _file, "--seeds", "2", "--algorithms", "vegas,fixed", "--json");

        Assert.Equal(0, code);
        JsonElement result = Assert.Single(JsonDocument.Parse(output).RootElement.EnumerateArray());
        Assert.Equal("small", result.GetProperty("scenario").GetString());
        Assert.InRange(result.GetProperty("best").GetProperty("limit").GetInt32(), 1, 100);
        foreach (string member in new[] { "goodputPerSecond", "p99Ms" })
        {
            Assert.True(result.GetProperty("best").GetProperty(member).GetDouble() > 0);
        }

        JsonElement[] results = [.. result.GetProperty("results").EnumerateArray()];
        Assert.Equal(["vegas", "fixed"], results.Select(one => one.GetProperty("algorithm").GetString()));
        foreach (string member in new[] { "goodputPerSecond", "goodputShareOfBest", "p50Ms", "p99Ms", "p99RatioToBest", "shedShare", "meanLimit", "settleSeconds" })
        {
            Assert.All(results, one => Assert.True(one.GetProperty(member).GetDouble() >= 0));
        }
    }

    [Fact]
    public void Table_ends_with_the_speed()
    {
        File.WriteAllText(_file, Small);

        (int code, string output, _) = Run("tournament", "--scenario", _file, "--scenario", _file);

        Assert.Equal(0, code);
        Assert.Contains("all 2 scenarios", output, StringComparison.Ordinal);
        Assert.EndsWith("events per second and core.", output.TrimEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("There is no command.")]
    [InlineData("There is no command 'run'.", "run")]
    [InlineData("There is no option '--seed'.", "tournament", "--seed", "1")]
    [InlineData("--seeds needs a value.", "tournament", "--seeds")]
    [InlineData("--seeds must be a whole number from 1 to 1000; it is '0'.", "tournament", "--seeds", "0")]
    [InlineData("There is no algorithm 'best'. There are ", "tournament", "--algorithms", "vegas,best")]
    public void Wrong_arguments_are_told_with_the_usage(string error, params string[] args)
    {
        (int code, string output, string errors) = Run(args);

        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith(error, errors, StringComparison.Ordinal);
        Assert.Contains("usage: tournament", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_of_all_files_are_told()
    {
        File.WriteAllText(_file, "{}");

        (int code, _, string errors) = Run("tournament", "--scenario", _file, "--scenario", "/nowhere.json");

        Assert.Equal(2, code);
        Assert.Contains($"{_file}: $.arrivals: is missing", errors, StringComparison.Ordinal);
        Assert.Contains("/nowhere.json: cannot be read", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_is_no_error()
    {
        (int code, string output, string errors) = Run("tournament", "--help");

        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith("usage: tournament", output, StringComparison.Ordinal);
    }

    private static (int Code, string Output, string Errors) Run(params string[] args)
    {
        StringWriter output = new();
        StringWriter errors = new();
        return (CommandLine.Run(args, output, errors), output.ToString(), errors.ToString());
    }
}
