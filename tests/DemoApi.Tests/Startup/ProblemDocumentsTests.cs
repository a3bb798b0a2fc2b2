using System.Net;
using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Startup;

[Collection(SharedDemoGroup.Name)]
public sealed class ProblemDocumentsTests
{
    private readonly HttpClient _client;

    public ProblemDocumentsTests(SharedDemo shared) => _client = shared.Client;

    [Fact]
    public async Task A_path_that_nothing_answers_is_named()
    {
        using HttpResponseMessage response = await _client.GetAsync("/nowhere");

        Assert.Contains("'/nowhere'", await response.ProblemAsync(HttpStatusCode.NotFound), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/kv/a", "DELETE, GET, HEAD, PUT")]
    [InlineData("DELETE", "/work", "GET")]
    [InlineData("PUT", "/backpressure", "GET, HEAD")]
    public async Task A_method_that_a_path_does_not_answer_to_is_named_with_those_that_it_does(string method, string path, string allowed)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        using HttpResponseMessage response = await _client.SendAsync(request);

        Assert.Contains($"'{path}' does not answer to {method}", await response.ProblemAsync(HttpStatusCode.MethodNotAllowed), StringComparison.Ordinal);
        Assert.Equal(allowed, string.Join(", ", response.Content.Headers.Allow.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task What_fails_inside_is_a_500_that_tells_nothing_of_the_inside()
    {
        using TempFolder folder = new();
        await using DemoProcess demo = await DemoProcess.StartAsync(new Dictionary<string, string?> { ["Storage__Path"] = folder["demo.db"] });
        foreach (string file in (string[])["demo.db", "demo.db-wal"])
        {
            await File.WriteAllBytesAsync(folder[file], [.. Enumerable.Repeat((byte)'x', (int)new FileInfo(folder[file]).Length)]);
        }

        using HttpResponseMessage response = await demo.Client.GetAsync("/kv/a");
        using HttpResponseMessage ready = await demo.Client.GetAsync("/healthz/ready");
        string body = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("Sqlite", body, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("Unhealthy", (await ready.JsonAsync()).GetProperty("checks").GetProperty("storage").GetProperty("status").GetString());
    }
}
