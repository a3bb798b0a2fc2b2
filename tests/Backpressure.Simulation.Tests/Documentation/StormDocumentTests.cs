using System.Text.RegularExpressions;
using System.Xml.Linq;
using Backpressure.Simulation.Running;
using Backpressure.Tests;

namespace Backpressure.Simulation.Tests.Documentation;

/// <summary>Holds docs/retries.md and what docs/simulator.md says of storms to what is shipped.</summary>
public sealed partial class StormDocumentTests
{
    private static readonly string Document = Repository.Read("docs/retries.md");

    [Fact]
    public void Every_option_is_explained()
    {
        string explained = Repository.Read("docs/simulator.md");
        string[] options = [.. Option().Matches(StormArguments.Usage).Select(match => match.Value).Distinct()];

        Assert.Equal(3, options.Length);
        Assert.All(options, option => Assert.Contains($"`{option}", explained, StringComparison.Ordinal));
    }

    [Fact]
    public void Picture_that_is_shown_has_a_curve_for_each_defence_in_each_chart()
    {
        string picture = Assert.Single(Picture().Matches(Document)).Groups[1].Value;

        XElement root = XDocument.Parse(Repository.Read($"docs/{picture}")).Root!;
        Assert.Equal(2 * 4, root.Elements().Count(one => one.Attribute("stroke-width") is not null));
        Assert.Equal("white", root.Elements().First().Attribute("fill")?.Value); // readable on a dark page
    }

    [Fact]
    public void Files_that_it_links_are_there()
    {
        string[] links = [.. Link().Matches(Document).Select(match => match.Groups[1].Value)];

        Assert.True(links.Length > 3);
        Assert.All(links, link => Assert.True(File.Exists(Path.Combine(Repository.Root, "docs", link)), link));
    }

    [GeneratedRegex("--[a-z]+")]
    private static partial Regex Option();

    [GeneratedRegex(@"!\[[^\]]*\]\(([^)]+\.svg)\)")]
    private static partial Regex Picture();

    [GeneratedRegex(@"\]\(([^)#:]+)\)")]
    private static partial Regex Link();
}
