using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Startup;

public sealed class MetricsTests
{
    private static readonly string[] Results =
    [
        "admitted", "request_canceled", "rejected_queue_full", "rejected_queue_timeout", "rejected_deadline_infeasible",
        "rejected_retry_budget", "rejected_displaced", "rejected_draining",
    ];

    [Fact]
    public async Task Every_result_of_every_policy_is_there_at_zero_before_traffic_and_then_counts_to_the_request()
    {
        await using DemoProcess demo = await DemoProcess.StartAsync();
        MetricsText before = await MetricsText.ReadAsync(demo.Client);
        foreach (string policy in (string[])["default", "reads", "writes"])
        {
            Assert.All(Results, result => Assert.Equal(0, Requests(before, policy, result)));
            Assert.Equal(64, before.Value("backpressure_queue_limit", $"backpressure_policy=\"{policy}\""));
        }

        await demo.Client.GetAsync("/work");
        await demo.Client.GetAsync("/work?cpuMs=bad");
        await demo.Client.PutAsync("/kv/a", new StringContent("1"));
        await demo.Client.GetAsync("/kv/a");
        await demo.Client.GetAsync("/healthz/live");
        MetricsText after = await MetricsText.ReadAsync(demo.Client);

        Assert.Equal(2, Requests(after, "default", "admitted"));
        Assert.Equal(1, Requests(after, "reads", "admitted"));
        Assert.Equal(1, Requests(after, "writes", "admitted"));
        Assert.Equal(2, after.Value("backpressure_request_duration_seconds_count", "backpressure_policy=\"default\""));
    }

    [Fact]
    public async Task The_server_and_the_runtime_are_measured_too()
    {
        await using DemoProcess demo = await DemoProcess.StartAsync();
        await demo.Client.GetAsync("/work");

        MetricsText metrics = await MetricsText.ReadAsync(demo.Client);

        Assert.Equal(1, metrics.Value("http_server_request_duration_seconds_count", "http_route=\"/work\""));
        Assert.True(metrics.HasFamily("kestrel_active_connections"));
        Assert.True(metrics.HasFamily("dotnet_gc_collections_total"));
    }

    private static double Requests(MetricsText metrics, string policy, string result) =>
        metrics.Value("backpressure_requests_total", $"backpressure_policy=\"{policy}\"", $"backpressure_result=\"{result}\"");
}
