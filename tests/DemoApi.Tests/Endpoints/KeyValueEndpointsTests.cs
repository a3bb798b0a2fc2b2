using System.Net;
using System.Net.Http.Headers;
using System.Text;
using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Endpoints;

[Collection(SharedDemoGroup.Name)]
public sealed class KeyValueEndpointsTests
{
    private readonly SharedDemo _shared;
    private readonly HttpClient _client;
    private readonly string _prefix;

    public KeyValueEndpointsTests(SharedDemo shared)
    {
        _shared = shared;
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

    [Theory]
    [InlineData("slash/in/it")]
    [InlineData("/leading and trailing/")]
    [InlineData("two words + plus")]
    [InlineData("ключ 水 😀")]
    [InlineData("100%")]
    [InlineData("a%2Fb")]
    [InlineData(".hidden..x...")]
    [InlineData("a/../b/./c")]
    [InlineData("?#&=;:@\\\"'<>{}|^`[]~$!*(),")]
    [InlineData("tab\tnewline\n\u007f")]
    public async Task Any_text_is_a_key_and_comes_back_as_it_was(string text)
    {
        string key = _prefix + text;
        await PutAsync($"/kv/{Uri.EscapeDataString(key)}", text);

        string value = await _client.GetStringAsync($"/kv/{Uri.EscapeDataString(key)}");
        using HttpResponseMessage list = await _client.GetAsync($"/kv?prefix={Uri.EscapeDataString(key)}");

        Assert.Equal(text, value);
        Assert.Equal(key, (await list.JsonAsync()).GetProperty("items")[0].GetProperty("key").GetString());
    }

    [Theory]
    [InlineData("/kv/{0}a/b", "/kv/{0}a%2Fb", true)]
    [InlineData("/kv/{0}a", "/KV/{0}a", true)]
    [InlineData("/kv/{0}a", "/kv/{0}A", false)]
    [InlineData("/kv/{0}a", "/kv/{0}a/", false)]
    [InlineData("/kv/{0}a%2Fb", "/kv/{0}a%252Fb", false)]
    public async Task Two_paths_are_one_key_only_when_they_decode_to_the_same_bytes(string put, string get, bool same)
    {
        await PutAsync(put.Replace("{0}", _prefix, StringComparison.Ordinal), "1");

        HttpStatusCode status = (await _client.GetAsync(get.Replace("{0}", _prefix, StringComparison.Ordinal))).StatusCode;

        Assert.Equal(same ? HttpStatusCode.OK : HttpStatusCode.NotFound, status);
    }

    [Fact]
    public async Task A_key_has_at_most_256_bytes()
    {
        string longest = _prefix + new string('k', 256 - _prefix.Length);
        string inTwoByteCharacters = _prefix + new string('é', (258 - _prefix.Length) / 2);

        Assert.Equal(HttpStatusCode.Created, (await PutAsync($"/kv/{longest}", "1")).StatusCode);
        Assert.Contains("257 bytes", await (await PutAsync($"/kv/{longest}k", "1")).ProblemAsync(HttpStatusCode.BadRequest, "key"), StringComparison.Ordinal);
        Assert.Contains("256 bytes", await (await PutAsync($"/kv/{inTwoByteCharacters}", "1")).ProblemAsync(HttpStatusCode.BadRequest, "key"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/kv", "empty")]
    [InlineData("/kv/", "empty")]
    [InlineData("/kv/%FF", "UTF-8")]
    [InlineData("/kv/a%C3", "UTF-8")]
    [InlineData("/kv/100%", "%25")]
    [InlineData("/kv/a/../b", "%2F")]
    public async Task What_is_no_key_is_refused_with_rule_and_fix(string target, string expected)
    {
        string answer = await RawHttp.SendAsync(_shared.Demo.Address, "PUT", target, "1");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains("\"input\":\"key\"", answer, StringComparison.Ordinal);
        Assert.Contains(expected, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_NUL_in_the_path_is_a_400() =>
        Assert.StartsWith("HTTP/1.1 400 ", await RawHttp.SendAsync(_shared.Demo.Address, "PUT", "/kv/a%00b", "1"), StringComparison.Ordinal); // by Kestrel, which sends no body

    [Fact]
    public async Task A_target_with_scheme_and_host_names_the_same_key()
    {
        string answer = await RawHttp.SendAsync(_shared.Demo.Address, "PUT", $"{_shared.Demo.Address}kv/{_prefix}a%2Fb", "1");

        Assert.StartsWith("HTTP/1.1 201 ", answer, StringComparison.Ordinal);
        Assert.Equal("1", await _client.GetStringAsync($"/kv/{_prefix}a/b"));
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

    private async Task<HttpResponseMessage> PutAsync(string path, string value) => await _client.PutAsync(path, new StringContent(value));

    private async Task<HttpResponseMessage> PutBytesAsync(byte[] bytes, bool chunked)
    {
        using HttpRequestMessage put = new(HttpMethod.Put, $"/kv/{_prefix}") { Content = new ByteArrayContent(bytes) };
        put.Headers.TransferEncodingChunked = chunked;
        return await _client.SendAsync(put);
    }
}
