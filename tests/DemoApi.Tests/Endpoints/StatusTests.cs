using System.Net;
using System.Text.Json;
using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Endpoints;

[Collection(SharedDemoGroup.Name)]
public sealed class StatusTests
{
    private readonly HttpClient _client;

    public StatusTests(SharedDemo shared) => _client = shared.Client;

    [Fact]
    public async Task The_status_shows_every_policy_and_adds_up()
    {
        using HttpResponseMessage response = await _client.GetAsync("/backpressure");
        JsonElement status = await response.JsonAsync();

        Assert.Equal("enforce", status.GetProperty("mode").GetString());
        Assert.True(status.GetProperty("limit").GetInt32() >= 1);
        Assert.Equal(["default"], status.GetProperty("policies").EnumerateArray().Where(policy => policy.TryGetProperty("adaptive", out JsonElement adaptive) && adaptive.ValueKind == JsonValueKind.Object).Select(policy => policy.GetProperty("policy").GetString()));
        Assert.Equal(["default", "reads", "writes"], status.GetProperty("policies").EnumerateArray().Select(policy => policy.GetProperty("policy").GetString()));
        Assert.All(status.GetProperty("policies").EnumerateArray(), policy => Assert.Equal(
            policy.GetProperty("arrivals").GetInt64(),
            policy.GetProperty("admitted").GetInt64() + policy.GetProperty("shed").GetInt64() + policy.GetProperty("cancelled").GetInt64() + policy.GetProperty("queued").GetInt64()));
    }

    [Fact]
    public async Task Probes_and_pages_are_no_arrivals()
    {
        long before = await ArrivalsAsync();
        foreach (string path in (string[])["/", "/healthz/live", "/healthz/ready", "/metrics", "/backpressure"])
        {
            Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync(path)).StatusCode);
        }

        Assert.Equal(before, await ArrivalsAsync());
    }

    private async Task<long> ArrivalsAsync()
    {
        using HttpResponseMessage response = await _client.GetAsync("/backpressure");
        return (await response.JsonAsync()).GetProperty("policies").EnumerateArray().Sum(policy => policy.GetProperty("arrivals").GetInt64());
    }
}
