using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Tools;

/// <summary>Floods by tools that are not ours: what they counted and what the metrics show is the same, to the request.</summary>
[Collection(TimingSensitive.Name)]
public sealed partial class ForeignFloodTests
{
    private const int Limit = 16;

    private static readonly Dictionary<string, string?> Fixed = new() { ["Backpressure__Limit__Algorithm"] = "Fixed", ["Backpressure__Limit__Maximum"] = $"{Limit}" };

    [ToolFact("hey")]
    public async Task A_flood_by_hey_gets_only_200_and_503_and_the_metrics_count_what_hey_counted()
    {
        await using DemoProcess demo = await DemoProcess.StartAsync(Fixed);
        Task<(int ExitCode, string Output)> flood = Tool.RunAsync("hey", ["-z", "10s", "-c", "200", $"{demo.Address}work?ioMs=50&slots=8"]);

        int probes = await ProbeAsync(demo.Client, flood);
        (int exitCode, string output) = await flood;

        Assert.Equal(0, exitCode);
        Dictionary<int, long> counted = HeyStatus().Matches(output).ToDictionary(match => Number(match.Groups[1]), match => (long)Number(match.Groups[2]));
        Assert.True(counted.Keys.Order().SequenceEqual([200, 503]), output);
        Assert.True(probes > 0, "no health probe was answered in the middle of the flood");
        await AssertMetricsAsync(demo.Client, counted[200], counted[503]);
    }

    [ToolFact("h2load")]
    public async Task A_flood_by_h2load_over_HTTP_2_gets_only_200_and_503_and_the_metrics_count_what_it_counted()
    {
        await using DemoProcess demo = await DemoProcess.StartAsync(new Dictionary<string, string?>(Fixed) { ["Http2__Url"] = "http://127.0.0.1:0" });
        Task<(int ExitCode, string Output)> flood = Tool.RunAsync("h2load", ["-n", "20000", "-c", "20", "-m", "10", $"{demo.Addresses[^1]}work?ioMs=50&slots=8"]);

        int probes = await ProbeAsync(demo.Client, flood);
        (int exitCode, string output) = await flood;

        Assert.Equal(0, exitCode);
        Match counted = H2loadStatus().Match(output);
        Assert.True(counted.Success && Number(counted.Groups[2]) == 0 && Number(counted.Groups[3]) == 0, output);
        Assert.Contains("20000 done", output, StringComparison.Ordinal);
        Assert.Contains("0 errored, 0 timeout", output, StringComparison.Ordinal);
        Assert.True(probes > 0, "no health probe was answered in the middle of the flood");
        await AssertMetricsAsync(demo.Client, Number(counted.Groups[1]), Number(counted.Groups[4]));
    }

    [ToolFact("promtool")]
    public async Task Promtool_finds_no_fault_in_our_metrics()
    {
        await using DemoProcess demo = await DemoProcess.StartAsync();
        (await demo.Client.GetAsync(new Uri("/work?ioMs=1&slots=1", UriKind.Relative))).Dispose();
        Scrape scrape = await Scrape.OfAsync(demo.Client);

        (int exitCode, string output) = await Tool.RunAsync("promtool", ["check", "metrics"], scrape.Text);

        Assert.True(exitCode == 0 && output.Length == 0, $"{output}\n{scrape.Text}");
        (int controlExitCode, _) = await Tool.RunAsync("promtool", ["check", "metrics"], scrape.Text.Replace("backpressure_active_requests", "backpressure_active_requests_total", StringComparison.Ordinal));
        Assert.NotEqual(0, controlExitCode); // a gauge that ends in _total is a fault that it must find
    }

    /// <summary>Asks for health until the flood is over, which must be 200 each time, and sees the gate at work in the metrics.</summary>
    /// <returns>How many answers came while the flood went on.</returns>
    private static async Task<int> ProbeAsync(HttpClient client, Task flood)
    {
        int answers = 0;
        double mostActive = 0;
        double mostQueued = 0;
        while (!flood.IsCompleted)
        {
            using HttpResponseMessage response = await client.GetAsync(new Uri("/healthz/live", UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            answers += flood.IsCompleted ? 0 : 1;
            Scrape scrape = await Scrape.OfAsync(client);
            mostActive = Math.Max(mostActive, scrape.Sum("backpressure_active_requests", ("backpressure_policy", "default")));
            mostQueued = Math.Max(mostQueued, scrape.Sum("backpressure_queued_requests", ("backpressure_policy", "default")));
            await Task.WhenAny(flood, Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System));
        }

        Assert.InRange(mostActive, 1, Limit);
        Assert.InRange(mostQueued, 1, 64);
        return answers;
    }

    private static async Task AssertMetricsAsync(HttpClient client, long served, long refused)
    {
        Scrape scrape = await Scrape.OfAsync(client);
        (string, string) byDefault = ("backpressure_policy", "default");
        string[] rejected = ["queue_full", "queue_timeout", "deadline_infeasible", "retry_budget", "displaced", "draining"];

        Assert.Equal(served, scrape.Sum("backpressure_requests_total", byDefault, ("backpressure_result", "admitted")));
        Assert.Equal(refused, rejected.Sum(reason => scrape.Sum("backpressure_requests_total", byDefault, ("backpressure_result", $"rejected_{reason}"))));
        Assert.Equal(served + refused, scrape.Sum("backpressure_requests_total", byDefault)); // nothing was cancelled, and nothing else happened
        Assert.Equal(served, scrape.Sum("backpressure_request_duration_seconds_count", byDefault));
        Assert.Equal(served, scrape.Sum("backpressure_request_duration_seconds_bucket", byDefault, ("le", "+Inf")));
        Assert.Equal(served, scrape.Sum("backpressure_deadlines_total", byDefault, ("backpressure_deadline_outcome", "met")));
        Assert.Equal(0, scrape.Sum("backpressure_active_requests", byDefault));
        Assert.Equal(0, scrape.Sum("backpressure_queued_requests", byDefault));
        Assert.Equal(Limit, scrape.Sum("backpressure_concurrency_limit", byDefault));
        Assert.Equal(64, scrape.Sum("backpressure_queue_limit", byDefault));
    }

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\[(\d+)\]\s+(\d+) responses")]
    private static partial Regex HeyStatus();

    [GeneratedRegex(@"status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx")]
    private static partial Regex H2loadStatus();
}
