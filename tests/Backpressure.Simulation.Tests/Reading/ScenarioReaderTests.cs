using System.Text.Json.Nodes;
using Backpressure.Simulation.Model;
using Backpressure.Simulation.Reading;

namespace Backpressure.Simulation.Tests.Reading;

public sealed class ScenarioReaderTests
{
    private const string Example =
        """
        { "name": "io-heavy", "durationSeconds": 120, "warmupSeconds": 40, "seed": 7,
          "arrivals": [ { "fromSecond": 0, "perSecond": 4000 }, { "fromSecond": 60.5, "perSecond": 0 } ],
          "stations": { "cpu": { "kind": "processorSharing", "servers": [ { "fromSecond": 0, "count": 4 } ], "thrashAbove": 16, "thrashFactor": 0.05 },
                        "db":  { "kind": "firstComeFirstServed", "servers": [ { "fromSecond": 0, "count": 16 }, { "fromSecond": 30, "count": 0 } ] },
                        "net": { "kind": "delay" } },
          "classes": [ { "name": "read", "weight": 3, "steps": [ { "station": "cpu", "distribution": "exponential", "meanMs": [ { "fromSecond": 0, "value": 2 } ], "cv": 1 },
                                                                 { "station": "net", "distribution": "lognormal", "meanMs": [ { "fromSecond": 0, "value": 200 } ], "cv": 0.3 } ] },
                       { "name": "write", "weight": 1, "policy": "writes", "failures": { "share": [ { "fromSecond": 0, "value": 0 }, { "fromSecond": 10, "value": 0.5 } ], "afterMs": 1 },
                         "steps": [ { "station": "db", "distribution": "hyperexponential", "meanMs": [ { "fromSecond": 0, "value": 5 } ], "cv": 4 } ] } ],
          "policies": [ { "name": "reports" }, { "name": "writes", "cap": 8, "queue": { "capacity": 20, "maximumWaitMs": 100 } } ],
          "instances": { "count": 3, "balance": "leastBusy", "slow": [ { "instance": 2, "factor": [ { "fromSecond": 0, "value": 1 }, { "fromSecond": 70, "value": 4 } ] } ] },
          "clients": { "timeoutMs": 1000, "maxAttempts": 3, "retryBudgetRatio": 0.1, "backoffMs": 50 },
          "queue": { "capacity": 100, "maximumWaitMs": 250 },
          "bar": { "goodputShare": 0.9, "p99Ratio": 2, "because": "few completions" } }
        """;

    [Fact]
    public void Every_value_is_read()
    {
        Scenario scenario = ScenarioReader.Read(Example, "example.json");

        Assert.Equal(("io-heavy", 120, 40, 7UL), (scenario.Name, scenario.DurationSeconds, scenario.WarmupSeconds, scenario.Seed));
        Assert.Equal([0, 60.5], scenario.Arrivals.From);
        Assert.Equal([4000, 0], scenario.Arrivals.Values);
        Assert.Equal(["cpu", "db", "net"], scenario.Stations.Select(station => station.Name));
        Assert.Equal([StationKind.ProcessorSharing, StationKind.FirstComeFirstServed, StationKind.Delay], scenario.Stations.Select(station => station.Kind));
        Assert.Equal((16, 0.05), (scenario.Stations[0].ThrashAbove, scenario.Stations[0].ThrashFactor));
        Assert.Equal([16, 0], scenario.Stations[1].Servers!.Values);
        Assert.Equal([0.75, 0.25], scenario.Classes.Select(one => one.Share));
        Assert.Equal((2, DistributionKind.LogNormal, 0.3), (scenario.Classes[0].Steps[1].Station, scenario.Classes[0].Steps[1].Distribution, scenario.Classes[0].Steps[1].Cv));
        Assert.Equal(new ClientModel(TimeSpan.FromSeconds(1), 3, 0.1, TimeSpan.FromMilliseconds(50)), scenario.Clients);
        Assert.Equal(new QueueModel(100, TimeSpan.FromMilliseconds(250)), scenario.Queue);
        Assert.Equal(new LimitModel(null, 1, 1000), scenario.Limit);
        Assert.Equal(new Bar(0.9, 2, "few completions"), scenario.Bar);
        Assert.Equal(70, scenario.LastChange);
        Assert.Equal([new PolicyModel("reports", null, null), new PolicyModel("writes", 8, new QueueModel(20, TimeSpan.FromMilliseconds(100)))], scenario.Policies);
        Assert.Equal([null, 1], scenario.Classes.Select(one => one.Policy));
        Assert.Null(scenario.Classes[0].Failures);
        Assert.Equal((10, 0.5, 1.0), (scenario.Classes[1].Failures!.Share.From[1], scenario.Classes[1].Failures!.Share.Values[1], scenario.Classes[1].Failures!.AfterMs));
        Assert.Equal((3, BalanceKind.LeastBusy), (scenario.Instances.Count, scenario.Instances.Balance));
        Assert.Equal([1.0, 4, 1], scenario.Instances.Slowness.Select(value => value.At(80)));
        Assert.Equal(4, scenario.Processors);
    }

    [Theory]
    [InlineData("bar", "null")]
    [InlineData("classes.1.policy", "null")]
    [InlineData("classes.1.failures", "null")]
    [InlineData("instances", "null")]
    [InlineData("policies.1.cap", "null")]
    [InlineData("clients.retryBudgetRatio", "null")]
    [InlineData("stations.cpu.thrashAbove", "null")]
    [InlineData("limit", """{ "initial": 100, "minimum": 2, "maximum": 500 }""")]
    [InlineData("stations.pool", """{ "kind": "threadPool", "servers": [ { "fromSecond": 0, "count": 8 } ] }""")]
    [InlineData("classes.0.steps.0.distribution", "\"constant\"")]
    [InlineData("classes.0.steps.0.distribution", "\"deterministic\"")]
    public void Other_values_that_are_possible_are_no_errors(string path, string value) => Assert.NotNull(ScenarioReader.Read(With(path, value), "example.json"));

    [Theory]
    [InlineData("durration", "1", "$.durration", "is no key that is known here")]
    [InlineData("stations.cpu.cores", "1", "$.stations.cpu.cores", "use one of kind, servers, thrashAbove, thrashFactor")]
    [InlineData("classes.0.steps.1.mean", "1", "$.classes[0].steps[1].mean", "is no key that is known here")]
    [InlineData("name", "\"\"", "$.name", "a text that is not empty")]
    [InlineData("durationSeconds", "-1", "$.durationSeconds", "a number from 0.001")]
    [InlineData("warmupSeconds", "120", "$.warmupSeconds", "less than durationSeconds, which is 120")]
    [InlineData("seed", "1.5", "$.seed", "a whole number")]
    [InlineData("arrivals", "[]", "$.arrivals", "a list with one item at least")]
    [InlineData("arrivals.0.fromSecond", "3", "$.arrivals[0].fromSecond", "must be 0 in the first item")]
    [InlineData("arrivals.1.fromSecond", "0", "$.arrivals[1].fromSecond", "above that of the item before, which is 0")]
    [InlineData("arrivals.0.perSecond", "\"many\"", "$.arrivals[0].perSecond", "it is \"many\"")]
    [InlineData("stations", "{}", "$.stations", "one station at least")]
    [InlineData("stations.cpu.kind", "\"cpu\"", "$.stations.cpu.kind", "one of \"processorSharing\", \"firstComeFirstServed\", \"delay\", \"threadPool\"")]
    [InlineData("stations.cpu.servers.0.count", "1.5", "$.stations.cpu.servers[0].count", "a whole number from 0")]
    [InlineData("stations.net.servers", """[ { "fromSecond": 0, "count": 4 } ]""", "$.stations.net.servers", "does not go with the kind delay")]
    [InlineData("stations.db.thrashAbove", "3", "$.stations.db.thrashAbove", "processorSharing only")]
    [InlineData("stations.cpu.servers", null, "$.stations.cpu.servers", "is missing")]
    [InlineData("classes.0.steps.0.station", "\"disk\"", "$.classes[0].steps[0].station", "There are cpu, db, net.")]
    [InlineData("classes.0.steps.0.distribution", "\"pareto\"", "$.classes[0].steps[0].distribution", "one of \"exponential\", \"lognormal\"")]
    [InlineData("classes.1.steps.0.cv", "0.5", "$.classes[1].steps[0].cv", "must be 1 or more with the distribution hyperexponential")]
    [InlineData("classes.0.weight", "-1", "$.classes[0].weight", "a number from 0")]
    [InlineData("classes.0.steps", "[]", "$.classes[0].steps", "a list with one item at least")]
    [InlineData("clients.timeoutMs", "0", "$.clients.timeoutMs", "a number from 0.001")]
    [InlineData("clients.maxAttempts", "0", "$.clients.maxAttempts", "a whole number from 1")]
    [InlineData("queue.capacity", "-1", "$.queue.capacity", "a whole number from 0")]
    [InlineData("limit", """{ "initial": 5, "minimum": 10 }""", "$.limit", "minimum ≤ initial ≤ maximum")]
    [InlineData("bar.goodputShare", "0.8", "$.bar.goodputShare", "a number from 0.9")]
    [InlineData("bar.p99Ratio", "3", "$.bar.p99Ratio", "to 2")]
    [InlineData("classes.1.policy", "\"orders\"", "$.classes[1].policy", "There are reports, writes.")]
    [InlineData("classes.1.failures.share.1.value", "2", "$.classes[1].failures.share[1].value", "a number from 0 to 1")]
    [InlineData("classes.1.failures.afterMs", null, "$.classes[1].failures.afterMs", "is missing")]
    [InlineData("policies.1.cap", "0", "$.policies[1].cap", "a whole number from 1")]
    [InlineData("policies.1.name", "\"reports\"", "$.policies[1].name", "the name of two policies")]
    [InlineData("policies.1.limit", "3", "$.policies[1].limit", "use one of name, cap, queue")]
    [InlineData("instances.count", "0", "$.instances.count", "a whole number from 1 to 64")]
    [InlineData("instances.balance", "\"random\"", "$.instances.balance", "one of \"roundRobin\", \"leastBusy\"")]
    [InlineData("instances.slow.0.instance", "4", "$.instances.slow[0].instance", "a whole number from 1 to 3")]
    [InlineData("instances.slow.0.factor.1.value", "0", "$.instances.slow[0].factor[1].value", "a number from 0.001")]
    [InlineData("bar.because", null, "$.bar.because", "is missing")]
    public void What_is_wrong_is_told_with_its_place_and_its_rule(string path, string? value, string place, string rule)
    {
        ScenarioException error = Assert.Throws<ScenarioException>(() => ScenarioReader.Read(With(path, value), "example.json"));

        Assert.Contains(error.Errors, line => line.StartsWith($"{place}: ", StringComparison.Ordinal) && line.Contains(rule, StringComparison.Ordinal));
        Assert.StartsWith("example.json: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_are_told_at_once()
    {
        JsonNode root = JsonNode.Parse(Example)!;
        root["seed"] = -1;
        root["extra"] = 1;
        root["queue"]!["capacity"] = -1;

        Assert.Equal(3, Assert.Throws<ScenarioException>(() => ScenarioReader.Read(root.ToJsonString(), "example.json")).Errors.Count);
    }

    [Theory]
    [InlineData("{", "is no JSON")]
    [InlineData("[]", "must be an object")]
    [InlineData("""{ "seed": 1, "seed": 2 }""", "stands there twice")]
    public void What_is_no_scenario_at_all_is_an_error(string text, string rule) =>
        Assert.Contains(rule, Assert.Throws<ScenarioException>(() => ScenarioReader.Read(text, "example.json")).Message, StringComparison.Ordinal);

    /// <summary>The example with one value that is another, or, without one, is missing.</summary>
    private static string With(string path, string? value)
    {
        JsonNode root = JsonNode.Parse(Example)!;
        JsonNode parent = root;
        string[] keys = path.Split('.');
        foreach (string key in keys[..^1])
        {
            parent = parent is JsonArray list ? list[int.Parse(key)]! : parent[key]!;
        }

        if (value is null)
        {
            parent.AsObject().Remove(keys[^1]);
        }
        else
        {
            parent[keys[^1]] = JsonNode.Parse(value);
        }

        return root.ToJsonString();
    }
}
