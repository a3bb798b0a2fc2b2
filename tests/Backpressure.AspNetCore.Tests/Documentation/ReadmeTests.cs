using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Documentation;

/// <summary>Holds the README against what it speaks of.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = Repository.Read("README.md");

    [Fact]
    public void The_snippet_is_code_that_compiles()
    {
        string source = Repository.Read("tests/Backpressure.AspNetCore.Tests/Documentation/ReadmeSnippet.cs");
        string[] lines = [.. Marked().Matches(source).SelectMany(match => match.Groups[1].Value.Split('\n')).Select(line => line.Trim()).Where(line => line.Length > 0)];

        Assert.Equal(5, lines.Length);
        Assert.All(lines, line => Assert.Contains(line, Readme, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_snippet_runs_and_protects()
    {
        await using WebApplication app = ReadmeSnippet.Build([], builder => builder.WebHost.UseTestServer());
        await app.StartAsync();

        using HttpResponseMessage response = await app.GetTestClient().GetAsync(new Uri("/orders/7", UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1, app.Services.GetRequiredService<IBackpressureMonitor>().GetSnapshot().Policies[0].Admitted);
    }

    [Fact]
    public void The_readme_names_the_two_commands()
    {
        Assert.Contains("dotnet run --project src/DemoApi", Readme, StringComparison.Ordinal);
        Assert.Contains("dotnet test", Readme, StringComparison.Ordinal);
    }

    [Fact]
    public void The_readme_shows_a_real_flood()
    {
        Assert.Matches(@"\[200\]\s+\d+ responses", Readme);
        Assert.Matches(@"\[503\]\s+\d+ responses", Readme);
        Assert.DoesNotMatch("@[A-Z]+@", Readme);
    }

    [Fact]
    public void Every_link_to_a_file_leads_somewhere()
    {
        string[] documents = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)];
        foreach (string document in documents)
        {
            string path = Path.Combine(Repository.Root, document);
            foreach (string target in Link().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value))
            {
                Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(path)!, target)), $"{document} links to {target}, which does not exist");
            }
        }
    }

    [GeneratedRegex(@"// <readme>\n(.*?)// </readme>", RegexOptions.Singleline)]
    private static partial Regex Marked();

    [GeneratedRegex(@"\]\((?!https?:|#|mailto:)([^)#]+)")]
    private static partial Regex Link();
}
