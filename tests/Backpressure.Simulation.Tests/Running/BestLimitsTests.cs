using Backpressure.Simulation.Model;
using Backpressure.Simulation.Reading;
using Backpressure.Simulation.Running;

namespace Backpressure.Simulation.Tests.Running;

public sealed class BestLimitsTests : IDisposable
{
    private const string Text =
        """
        { "name": "small", "durationSeconds": 5, "warmupSeconds": 1,
          "arrivals": [ { "fromSecond": 0, "perSecond": 400 } ],
          "stations": { "cpu": { "kind": "processorSharing", "servers": [ { "fromSecond": 0, "count": 2 } ] } },
          "classes": [ { "name": "read", "weight": 1, "steps": [ { "station": "cpu", "meanMs": [ { "fromSecond": 0, "value": 10 } ] } ] } ] }
        """;

    private readonly string _file = Path.GetTempFileName();
    private readonly Scenario _scenario = ScenarioReader.Read(Text, "small.json");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void What_was_found_is_found_again_in_the_file()
    {
        SweepPoint best = Sweep.Run(_scenario, seed: 1, degree: 1).Best;
        BestLimits limits = new();
        limits.Note(_scenario, 1, best);

        limits.Save(_file);
        SweepPoint? known = BestLimits.Load(_file).Run(_scenario, 1);

        Assert.Equal((best.Limit, best.Value, best.Result.P99Ms), (known!.Limit, known.Value, known.Result.P99Ms));
    }

    [Fact]
    public void Other_text_other_seed_and_no_text_have_no_best_limit()
    {
        BestLimits limits = new();
        limits.Note(_scenario, 1, Sweep.Run(_scenario, seed: 1, degree: 1).Best);

        Assert.Null(limits.Find(ScenarioReader.Read(Text.Replace("400", "401", StringComparison.Ordinal), "small.json"), 1));
        Assert.Null(limits.Find(_scenario, 2));
        Assert.Null(limits.Find(_scenario with { Digest = "" }, 1));
        Assert.NotNull(limits.Find(ScenarioReader.Read(Text.Replace("\n", "\r\n", StringComparison.Ordinal), "small.json"), 1));
    }

    [Fact] // the figures are to the last digit, so that any change of the engine shows
    public void Limit_that_comes_to_something_else_now_does_not_count()
    {
        SweepPoint best = Sweep.Run(_scenario, seed: 1, degree: 1).Best;
        BestLimits limits = new();
        limits.Add(new BestLimit("small", _scenario.Digest, 1, best.Limit, best.Result.GoodputPerSecond, best.Result.P99Ms + 1e-9));

        Assert.NotNull(limits.Find(_scenario, 1));
        Assert.Null(limits.Run(_scenario, 1));
    }

    [Fact]
    public void What_belongs_to_an_earlier_text_is_dropped()
    {
        SweepPoint best = Sweep.Run(_scenario, seed: 1, degree: 1).Best;
        BestLimits limits = new();
        limits.Note(_scenario with { Digest = "earlier" }, 1, best);

        limits.Note(_scenario, 2, best);

        Assert.Equal([(_scenario.Digest, 2UL)], limits.All.Select(one => (one.Digest, one.Seed)));
    }

    [Fact]
    public void File_that_holds_something_else_is_an_error()
    {
        File.WriteAllText(_file, "{");

        Assert.Contains("holds no best limits", Assert.Throws<ScenarioException>(() => BestLimits.Load(_file)).Message, StringComparison.Ordinal);
        Assert.Empty(BestLimits.Load("/nowhere.json").All);
    }
}
