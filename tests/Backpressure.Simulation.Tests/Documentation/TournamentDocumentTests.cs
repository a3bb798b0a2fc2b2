using System.Text.RegularExpressions;
using Backpressure.Simulation.Report;
using Backpressure.Simulation.Running;
using Backpressure.Tests;

namespace Backpressure.Simulation.Tests.Documentation;

/// <summary>Holds docs/adaptive-limit.md and docs/simulator.md to what is shipped.</summary>
public sealed partial class TournamentDocumentTests
{
    private static readonly string Root = Repository.Root;
    private static readonly string Document = File.ReadAllText(Path.Combine(Root, "docs/adaptive-limit.md"));

    [Fact]
    public void Table_has_every_shipped_scenario_and_no_other()
    {
        string table = Document[Document.IndexOf(MarkedDocument.Begin, StringComparison.Ordinal)..Document.IndexOf(MarkedDocument.End, StringComparison.Ordinal)];

        IEnumerable<string> shipped = Directory.GetFiles(Path.Combine(Root, "tests/Backpressure.Simulation/Scenarios"), "*.json").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)!;
        Assert.Equal(shipped, Row().Matches(table).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Pictures_that_are_shown_are_there_and_of_shipped_scenarios()
    {
        string[] pictures = [.. Picture().Matches(Document).Select(match => match.Groups[1].Value)];

        Assert.NotEmpty(pictures);
        Assert.All(pictures, picture => Assert.StartsWith("<svg ", File.ReadAllText(Path.Combine(Root, "docs", picture)), StringComparison.Ordinal));
        Assert.All(pictures, picture => Assert.True(File.Exists(Path.Combine(Root, "tests/Backpressure.Simulation/Scenarios", Path.GetFileNameWithoutExtension(picture) + ".json")), picture));
    }

    [Fact]
    public void Every_option_is_explained()
    {
        string explained = File.ReadAllText(Path.Combine(Root, "docs/simulator.md"));
        string[] options = [.. Option().Matches(Arguments.Usage).Select(match => match.Value).Distinct()];

        Assert.Equal(8, options.Length);
        Assert.All(options, option => Assert.Contains(option, explained, StringComparison.Ordinal));
    }

    [GeneratedRegex("--[a-z]+")]
    private static partial Regex Option();

    [GeneratedRegex(@"^\| `([^`]+)`", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"!\[[^\]]*\]\((simulator/[^)]+\.svg)\)")]
    private static partial Regex Picture();
}
