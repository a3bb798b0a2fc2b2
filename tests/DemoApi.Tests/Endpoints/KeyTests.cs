using System.Net;
using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Endpoints;

[Collection(SharedDemoGroup.Name)]
public sealed class KeyTests
{
    private readonly SharedDemo _shared;
    private readonly HttpClient _client;
    private readonly string _prefix;

    public KeyTests(SharedDemo shared)
    {
        _shared = shared;
        _client = shared.Client;
        _prefix = shared.NewPrefix();
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

    private async Task<HttpResponseMessage> PutAsync(string path, string value) => await _client.PutAsync(path, new StringContent(value));
}
