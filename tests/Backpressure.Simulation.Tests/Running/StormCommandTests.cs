using Backpressure.Simulation.Running;

namespace Backpressure.Simulation.Tests.Running;

public sealed class StormCommandTests
{
    [Theory]
    [InlineData("There is no option '--seed'.", "storm", "--seed", "1")]
    [InlineData("--seeds needs a value.", "storm", "--seeds")]
    [InlineData("--seeds must be a whole number from 1 to 1000; it is '1001'.", "storm", "--seeds", "1001")]
    [InlineData("/nowhere/storm.svg: cannot be written", "storm", "--picture", "/nowhere/storm.svg")]
    public void Wrong_arguments_are_told(string error, params string[] args)
    {
        (int code, string output, string errors) = Run(args);

        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith(error, errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_is_no_error()
    {
        (int code, string output, string errors) = Run("storm", "--help");

        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith("usage: storm", output, StringComparison.Ordinal);
    }

    private static (int Code, string Output, string Errors) Run(params string[] args)
    {
        StringWriter output = new();
        StringWriter errors = new();
        return (CommandLine.Run(args, output, errors), output.ToString(), errors.ToString());
    }
}
