using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Model;
using Backpressure.Simulation.Reading;
using Backpressure.Simulation.Report;
using Backpressure.Simulation.Running;
using Backpressure.Simulation.Tests.Engine;

namespace Backpressure.Simulation.Tests.Report;

public sealed class MarkdownReportTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Table_has_a_row_for_each_scenario_and_says_how_many_bars_each_limit_met()
    {
        Scenario scenario = TestScenario.With(perSecond: 1600, StationKind.ProcessorSharing, servers: 8, meanMs: 10, seconds: 12, warmup: 4) with
        {
            Queue = new QueueModel(100, TimeSpan.FromMilliseconds(250)),
            Clients = new ClientModel(TimeSpan.FromSeconds(1), 1, null, TimeSpan.Zero),
            Bar = new Bar(0.9, 2, "it is short"),
        };
        Contender fixedLimit = AlgorithmCatalog.All.Single(one => one.Name == "fixed");
        Contender[] contenders = [fixedLimit with { Name = "twelve", Create = _ => fixedLimit.Create(new LimitParts(12, 1, 1000, 8)) }, fixedLimit with { Name = "one", Create = _ => fixedLimit.Create(new LimitParts(1, 1, 1000, 8)) }];

        string text = MarkdownReport.Write(new Tournament(contenders, seeds: 2, degree: 2).Run([scenario, scenario with { Name = "again" }]));

        string[] lines = text.Split('\n');
        Assert.Equal("2 scenarios, 2 seed(s) each.", lines[0]);
        Assert.Contains("| All scenarios | twelve | one |", lines);
        Assert.Contains("| bars met | 2 of 2 | 0 of 2 |", lines);
        Assert.Equal(2, lines.Count(line => line.StartsWith("| `test` |", StringComparison.Ordinal) || line.StartsWith("| `again` |", StringComparison.Ordinal)));
        Assert.Matches(@"\| `test` \| \d+ \| \*\*\d+% \d\.\d×\*\* \| 1\d% \d\.\d× \|", text);
        Assert.Contains("Looser bar (`test`, `again`): it is short.", lines);
    }

    [Fact]
    public void Only_what_is_between_the_markers_is_replaced()
    {
        File.WriteAllText(_file, $"before\n{MarkedDocument.Begin}\nold\n{MarkedDocument.End}\nafter\n");

        MarkedDocument.Replace(_file, "new\n");
        MarkedDocument.Replace(_file, "newer\n");

        Assert.Equal($"before\n{MarkedDocument.Begin}\nnewer\n{MarkedDocument.End}\nafter\n", File.ReadAllText(_file));
    }

    [Fact]
    public void Document_without_the_markers_is_left_alone()
    {
        File.WriteAllText(_file, "text");

        Assert.Contains(MarkedDocument.Begin, Assert.Throws<ScenarioException>(() => MarkedDocument.Replace(_file, "new")).Message, StringComparison.Ordinal);
        Assert.Equal("text", File.ReadAllText(_file));
    }
}
