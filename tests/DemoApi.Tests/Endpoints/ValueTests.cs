using System.Net;
using System.Net.Http.Headers;
using System.Text;
using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Endpoints;

[Collection(SharedDemoGroup.Name)]
public sealed class ValueTests
{
    private readonly SharedDemo _shared;
    private readonly HttpClient _client;
    private readonly string _prefix;

    public ValueTests(SharedDemo shared)
    {
        _shared = shared;
        _client = shared.Client;
        _prefix = shared.NewPrefix();
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(65_536, false)]
    [InlineData(65_536, true)]
    public async Task A_value_has_at_most_64_KiB(int length, bool chunked)
    {
        using HttpResponseMessage put = await PutBytesAsync(new byte[length], chunked);

        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal(length, (await _client.GetByteArrayAsync($"/kv/{_prefix}")).Length);
    }

    [Theory]
    [InlineData(65_537, false)]
    [InlineData(65_537, true)]
    [InlineData(3_000_000, false)]
    [InlineData(3_000_000, true)]
    public async Task A_longer_value_is_a_413_and_nothing_is_stored(int length, bool chunked)
    {
        using HttpResponseMessage put = await PutBytesAsync(new byte[length], chunked);

        Assert.Contains("65536 bytes", await put.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, "body"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync($"/kv/{_prefix}")).StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_badly_chunked_is_refused_and_no_failure_of_the_server()
    {
        string answer = await RawHttp.SendAsync(_shared.Demo.Address, $"PUT /kv/{_prefix} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"input\":\"body\"", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", _shared.Demo.Output.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("junk")]
    [InlineData("text/plain, text/html")]
    [InlineData("text/plain; a=\"é\"")]
    public async Task A_content_type_that_is_none_is_refused(string contentType)
    {
        using HttpRequestMessage put = new(HttpMethod.Put, $"/kv/{_prefix}") { Content = new ByteArrayContent([1]) };
        put.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using HttpClient client = new(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = _shared.Demo.Address };

        using HttpResponseMessage response = await client.SendAsync(put);

        Assert.Contains("text/plain; charset=utf-8", await response.ProblemAsync(HttpStatusCode.BadRequest, "Content-Type"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_content_type_has_at_most_256_characters()
    {
        using ByteArrayContent content = new([1]);
        content.Headers.ContentType = new MediaTypeHeaderValue($"text/{new string('x', 252)}");

        using HttpResponseMessage response = await _client.PutAsync($"/kv/{_prefix}", content);

        Assert.Contains("256", await response.ProblemAsync(HttpStatusCode.BadRequest, "Content-Type"), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> PutBytesAsync(byte[] bytes, bool chunked)
    {
        using HttpRequestMessage put = new(HttpMethod.Put, $"/kv/{_prefix}") { Content = new ByteArrayContent(bytes) };
        put.Headers.TransferEncodingChunked = chunked;
        return await _client.SendAsync(put);
    }
}
