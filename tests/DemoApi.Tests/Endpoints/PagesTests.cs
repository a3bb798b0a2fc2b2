using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Endpoints;

[Collection(SharedDemoGroup.Name)]
public sealed partial class PagesTests
{
    private readonly HttpClient _client;

    public PagesTests(SharedDemo shared) => _client = shared.Client;

    [Fact]
    public async Task The_front_page_links_only_what_answers_here()
    {
        using HttpResponseMessage response = await _client.GetAsync("/");
        string html = await response.Content.ReadAsStringAsync();
        string[] links = [.. Links().Matches(html).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value))];

        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("/backpressure", links);
        Assert.Contains("/metrics", links);
        foreach (string link in links)
        {
            Assert.StartsWith("/", link, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync(link)).StatusCode);
        }
    }

    [Fact]
    public async Task The_probes_tell_health()
    {
        using HttpResponseMessage live = await _client.GetAsync("/healthz/live");
        using HttpResponseMessage ready = await _client.GetAsync("/healthz/ready");

        Assert.Equal("Healthy", await live.Content.ReadAsStringAsync());
        JsonElement checks = (await ready.JsonAsync()).GetProperty("checks");
        Assert.Equal("Healthy", checks.GetProperty("storage").GetProperty("status").GetString());
        Assert.Equal("Healthy", checks.GetProperty("backpressure").GetProperty("status").GetString());
    }

    [Fact]
    public async Task No_answer_names_the_server_software()
    {
        using HttpResponseMessage response = await _client.GetAsync("/");

        Assert.False(response.Headers.Contains("Server"));
    }

    [GeneratedRegex("(?:href|src)=\"([^\"]*)\"")]
    private static partial Regex Links();
}
