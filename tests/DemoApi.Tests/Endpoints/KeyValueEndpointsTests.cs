using System.Net;
using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Endpoints;

[Collection(SharedDemoGroup.Name)]
public sealed class KeyValueEndpointsTests
{
    private readonly HttpClient _client;
    private readonly string _prefix;

    public KeyValueEndpointsTests(SharedDemo shared)
    {
        _client = shared.Client;
        _prefix = shared.NewPrefix();
    }

    [Fact]
    public async Task A_new_key_is_created_at_its_location_and_a_known_one_replaced()
    {
        using HttpResponseMessage created = await PutAsync($"/kv/{_prefix}a/b", "1");
        using HttpResponseMessage replaced = await PutAsync($"/kv/{_prefix}a/b", "2");

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal($"/kv/{_prefix}a%2Fb", created.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.NoContent, replaced.StatusCode);
        Assert.Equal("2", await _client.GetStringAsync(created.Headers.Location));
    }

    [Theory]
    [InlineData("text/plain; charset=utf-8")]
    [InlineData("application/json")]
    [InlineData("application/vnd.x+xml; a=\"b c\"")]
    public async Task A_value_comes_back_with_its_bytes_and_its_content_type(string contentType)
    {
        byte[] bytes = [0, 1, 2, 255, 13, 10];
        using ByteArrayContent content = new(bytes);
        content.Headers.Add("Content-Type", contentType);
        await _client.PutAsync($"/kv/{_prefix}", content);

        using HttpResponseMessage response = await _client.GetAsync($"/kv/{_prefix}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(bytes, await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(contentType, response.Content.Headers.GetValues("Content-Type").Single());
        Assert.Equal(bytes.Length, response.Content.Headers.ContentLength);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task A_value_without_content_type_is_a_stream_of_octets()
    {
        await _client.PutAsync($"/kv/{_prefix}", new ByteArrayContent([1]));

        using HttpResponseMessage response = await _client.GetAsync($"/kv/{_prefix}");

        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task HEAD_tells_of_a_value_without_sending_it()
    {
        await PutAsync($"/kv/{_prefix}", "12345");

        using HttpResponseMessage response = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/kv/{_prefix}"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(5, response.Content.Headers.ContentLength);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_key_without_value_is_a_404()
    {
        using HttpResponseMessage response = await _client.GetAsync($"/kv/{_prefix}");

        Assert.Contains("PUT", await response.ProblemAsync(HttpStatusCode.NotFound), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DELETE_is_a_204_whether_the_key_is_there_or_not()
    {
        await PutAsync($"/kv/{_prefix}", "1");

        Assert.Equal(HttpStatusCode.NoContent, (await _client.DeleteAsync($"/kv/{_prefix}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync($"/kv/{_prefix}")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await _client.DeleteAsync($"/kv/{_prefix}")).StatusCode);
    }

    private async Task<HttpResponseMessage> PutAsync(string path, string value) => await _client.PutAsync(path, new StringContent(value));
}
