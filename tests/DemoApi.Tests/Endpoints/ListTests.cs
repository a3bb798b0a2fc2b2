using System.Net;
using System.Text.Json;
using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Endpoints;

[Collection(SharedDemoGroup.Name)]
public sealed class ListTests
{
    private readonly HttpClient _client;
    private readonly string _prefix;

    public ListTests(SharedDemo shared)
    {
        _client = shared.Client;
        _prefix = shared.NewPrefix();
    }

    [Fact]
    public async Task Pages_lead_through_all_keys_in_the_order_of_their_bytes()
    {
        foreach (string key in (string[])["😀", "～", "a", "Z", "a b", "a/b", "é"])
        {
            await _client.PutAsync($"/kv/{Uri.EscapeDataString(_prefix + key)}", new StringContent(key));
        }

        List<string> keys = [];
        string? after = "";
        while (after is not null)
        {
            JsonElement page = await ListAsync($"prefix={_prefix}&limit=2&after={Uri.EscapeDataString(after)}");
            keys.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("key").GetString()![_prefix.Length..]));
            after = page.GetProperty("next").GetString();
        }

        Assert.Equal(["Z", "a", "a b", "a/b", "é", "～", "😀"], keys);
    }

    [Fact]
    public async Task An_item_is_its_key_and_the_size_of_its_value()
    {
        await _client.PutAsync($"/kv/{_prefix}", new ByteArrayContent(new byte[1234]));

        JsonElement page = await ListAsync($"prefix={_prefix}");

        Assert.Equal($$"""{"items":[{"key":"{{_prefix}}","size":1234}],"next":null}""", page.GetRawText());
    }

    [Fact]
    public async Task A_page_has_100_items_unless_told_otherwise()
    {
        for (int i = 0; i < 101; i++)
        {
            await _client.PutAsync($"/kv/{_prefix}{i:000}", new StringContent(""));
        }

        JsonElement hundred = await ListAsync($"prefix={_prefix}");
        JsonElement all = await ListAsync($"prefix={_prefix}&limit=1000");

        Assert.Equal(100, hundred.GetProperty("items").GetArrayLength());
        Assert.Equal($"{_prefix}099", hundred.GetProperty("next").GetString());
        Assert.Equal(101, all.GetProperty("items").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, all.GetProperty("next").ValueKind);
    }

    [Fact]
    public async Task A_page_that_ends_with_the_last_key_has_no_next()
    {
        await _client.PutAsync($"/kv/{_prefix}1", new StringContent(""));
        await _client.PutAsync($"/kv/{_prefix}2", new StringContent(""));

        Assert.Equal(JsonValueKind.Null, (await ListAsync($"prefix={_prefix}&limit=2")).GetProperty("next").ValueKind);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=-5", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("prefix=%FF", "prefix")]
    [InlineData("prefix=%00", "prefix")]
    [InlineData("prefix=%FF&after=%FF&limit=x", "prefix, after, limit")]
    public async Task A_parameter_that_breaks_its_rule_is_named(string query, string input)
    {
        using HttpResponseMessage response = await _client.GetAsync($"/kv?{query}");

        await response.ProblemAsync(HttpStatusCode.BadRequest, input);
    }

    [Fact]
    public async Task A_prefix_longer_than_a_key_is_named()
    {
        using HttpResponseMessage response = await _client.GetAsync($"/kv?prefix={new string('p', 257)}");

        Assert.Contains("257 bytes", await response.ProblemAsync(HttpStatusCode.BadRequest, "prefix"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Empty_parameters_are_absent()
    {
        using HttpResponseMessage response = await _client.GetAsync("/kv?prefix=&limit=&after=");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private async Task<JsonElement> ListAsync(string query)
    {
        using HttpResponseMessage response = await _client.GetAsync($"/kv?{query}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.JsonAsync();
    }
}
