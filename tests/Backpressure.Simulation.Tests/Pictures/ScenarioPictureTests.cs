using System.Xml.Linq;
using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Engine;
using Backpressure.Simulation.Model;
using Backpressure.Simulation.Pictures;
using Backpressure.Simulation.Running;
using Backpressure.Simulation.Tests.Engine;

namespace Backpressure.Simulation.Tests.Pictures;

public sealed class ScenarioPictureTests
{
    private static readonly Scenario Short = TestScenario.With(perSecond: 800, StationKind.ProcessorSharing, servers: 4, meanMs: 10, seconds: 8, warmup: 2) with
    {
        Queue = new QueueModel(100, TimeSpan.FromMilliseconds(250)),
        Clients = new ClientModel(TimeSpan.FromSeconds(1), 1, null, TimeSpan.Zero),
    };

    [Fact]
    public void Picture_has_a_curve_for_each_limit_in_each_of_the_four_charts()
    {
        Contender[] contenders = [.. AlgorithmCatalog.All.Where(one => one.Name is "ours" or "vegas")];
        ScenarioResult result = new Tournament(contenders, seeds: 1, degree: 2).Run([Short]).Single();

        string svg = ScenarioPicture.Draw(result, contenders, degree: 2);

        XElement root = XDocument.Parse(svg).Root!;
        string[] texts = [.. root.Elements().Where(one => one.Name.LocalName == "text").Select(one => one.Value)];
        string best = $"best fixed ({result.Sweeps[0].Best.Limit})";
        Assert.Superset(new HashSet<string> { "test, seed 1", "ours", "vegas", best, "no limit", "goodput, answers a second", "p99 of each second, ms", "limit" }, texts.ToHashSet());
        Assert.Equal((3 * 3) + 4, root.Elements().Count(one => one.Attribute("stroke-width") is not null)); // curves; the last chart has one without a limit, too
        Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
        Assert.Equal(svg, ScenarioPicture.Draw(result, contenders, degree: 1));
    }

    [Fact]
    public void Timeline_adds_up_to_what_was_measured()
    {
        Timeline timeline = new();
        Scenario scenario = Short with { WarmupSeconds = 0 };

        RunResult result = new VirtualRun(scenario, 1, () => new OwnLimit(20), timeline: timeline).Run();

        Assert.Equal((8, 8), (timeline.Goodput.Count, timeline.P99Ms.Count));
        Assert.Equal(result.GoodputPerSecond, timeline.Goodput.Average(), 1e-9);
        Assert.InRange(result.P99Ms, timeline.P99Ms.Min(), timeline.P99Ms.Max());
    }

    [Theory]
    [InlineData(false, new[] { 0.0, 3.7 }, new[] { 0.0, 1, 2, 3 })]
    [InlineData(false, new[] { 0.0, 900 }, new[] { 0.0, 500 })]
    [InlineData(true, new[] { 3.0, 40 }, new[] { 5.0, 10, 20 })]
    [InlineData(true, new[] { 1.0, 1e6 }, new[] { 1.0, 10, 100, 1000, 1e4, 1e5, 1e6 })]
    public void Marks_are_round_and_within(bool isLogarithmic, double[] values, double[] marks) =>
        Assert.Equal(marks, new Axis(values, isLogarithmic).Marks().Select(mark => Math.Round(mark, 9)));

    [Fact]
    public void Places_run_from_the_least_to_the_most_and_what_has_none_is_told()
    {
        Axis axis = new([1, 100, double.NaN], isLogarithmic: true);

        Assert.Equal([0, 0.5, 1], new double[] { 1, 10, 100 }.Select(axis.PlaceOf));
        Assert.True(double.IsNaN(axis.PlaceOf(double.NaN)));
    }
}
