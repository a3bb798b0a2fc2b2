using CsCheck;
using DemoApi.Endpoints;
using DemoApi.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DemoApi.Tests.Endpoints;

public sealed class KeyPathTests
{
    /// <summary>Keys as people write them, with what is awkward in a path among them; no '.' or '..' between slashes.</summary>
    private static readonly Gen<string> Keys = Gen.OneOf(Gen.Char['a', 'z'], Gen.OneOf('/', '%', ' ', '+', '?', '#', '.', '&', '\\', ':', '\u007f', 'é', '水'))
        .Array[1, 60]
        .Select(chars => new string(chars));

    [Theory]
    [InlineData("/kv/a", "a")]
    [InlineData("/kv/a/b", "a/b")]
    [InlineData("/kv/a%2Fb", "a/b")]
    [InlineData("/kv/a%252Fb", "a%2Fb")]
    [InlineData("/kv/a?prefix=x/y", "a")]
    [InlineData("/kv/a/", "a/")]
    [InlineData("/kv//", "/")]
    [InlineData("/KV/a", "a")]
    [InlineData("/kv/.hidden", ".hidden")]
    [InlineData("/kv/...", "...")]
    [InlineData("/kv/a%2F..%2Fb", "a/../b")]
    [InlineData("/kv/%F0%9F%98%80", "😀")]
    [InlineData("http://localhost:8080/kv/a/b?q=1", "a/b")]
    public void A_key_is_what_stands_behind_the_second_slash(string target, string key) => Assert.Equal(key, Read(target).Key?.ToString());

    [Theory]
    [InlineData("/kv/")]
    [InlineData("/kv")]
    [InlineData("/kv/?a=b")]
    [InlineData("/kv/.")]
    [InlineData("/kv/..")]
    [InlineData("/kv/a/../b")]
    [InlineData("/kv/a/%2E%2e/b")]
    [InlineData("/x/../kv/a")]
    [InlineData("/kv/100%")]
    [InlineData("/kv/%FF")]
    [InlineData("/kv/%ED%A0%80")]
    [InlineData("/kv/a%00b")]
    public void What_cannot_be_a_key_is_refused(string target)
    {
        (StorageKey? key, IResult? refusal) = Read(target);

        Assert.Null(key);
        Assert.Equal(400, Assert.IsAssignableFrom<IStatusCodeHttpResult>(refusal).StatusCode);
    }

    [Fact]
    public void The_location_of_a_key_leads_back_to_it() => Keys.Sample(text =>
    {
        StorageKey? key = StorageKey.From(System.Text.Encoding.UTF8.GetBytes(text)).Key;
        if (key is not null && text is not ("." or ".."))
        {
            Assert.Equal(text, Read(KeyPath.For(key)).Key?.ToString());
        }
    });

    private static (StorageKey? Key, IResult? Refusal) Read(string target)
    {
        DefaultHttpContext context = new();
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        return KeyPath.Read(context);
    }
}
