using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DemoApi.Tests.Load;

namespace DemoApi.Tests.Clients;

/// <summary>A plain <see cref="HttpClient"/> in front of our server when that is full.</summary>
public sealed class PlainHttpClientTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    public async Task It_sees_each_refusal_whole_sends_nothing_again_and_keeps_its_connection(int major, int minor)
    {
        await using FullServer server = await FullServer.StartAsync();
        using HttpClient http = new(LoadClient.NewSockets())
        {
            BaseAddress = major == 2 ? server.Http2Address : server.Address,
            DefaultRequestVersion = new Version(major, minor),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        await AssertRefusedAsync(await http.GetAsync("/"));
        await AssertRefusedAsync(await http.PostAsync("/", new StringContent("an order")));
        await AssertRefusedAsync(await http.PutAsync("/", new ByteArrayContent(new byte[20_000])));
        await server.MakeRoomAsync();
        string served = await http.GetStringAsync("/");

        Assert.Equal("served", served);
        Assert.Equal(["GET", "POST", "PUT", "GET"], server.Visits.Select(visit => visit.Method));
        Assert.Single(server.Visits.Select(visit => visit.Connection).Distinct());
        Assert.Equal(3, server.Gate.Shed);
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage response)
    {
        using HttpResponseMessage answer = response;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(32));
        Assert.Equal("reason=queue-full", Assert.Single(answer.Headers.GetValues("Backpressure")));
        Assert.Equal("true", Assert.Single(answer.Headers.GetValues("X-Should-Retry"))); // there are tickets for the first few
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        JsonElement problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(503, problem.GetProperty("status").GetInt32());
    }
}
