using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>A refused HEAD tells what the refused GET would tell (RFC 9110 section 9.3.2).</summary>
public sealed class RefusedHeadTests
{
    private readonly Turnstile _turnstile = new();

    [Theory]
    [InlineData(null)]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task It_has_status_and_headers_of_the_GET_and_no_body(HttpProtocols? sockets)
    {
        await using App app = await FullApp.StartAsync(_turnstile, sockets, OneWait);

        using HttpResponseMessage get = await app.GetAsync("/");
        using HttpResponseMessage head = await app.SendAsync(HttpMethod.Head, "/");

        byte[] document = await get.Content.ReadAsByteArrayAsync();
        Assert.NotEmpty(document);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, head.StatusCode);
        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(HeadersOf(get), HeadersOf(head));
        Assert.Equal(document.Length, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Nothing_follows_its_head_on_the_wire()
    {
        await using App app = await FullApp.StartAsync(_turnstile, HttpProtocols.Http1, OneWait);

        using RawRequest request = await RawRequest.SendAsync(app.Client.BaseAddress!, "/", "HEAD", "Connection: close\r\n");
        string answer = await request.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Equal(answer.Length - 4, answer.IndexOf("\r\n\r\n", StringComparison.Ordinal));
    }

    /// <summary>No draw, so that two refusals ask for the same wait.</summary>
    private static void OneWait(BackpressureOptions options) => options.Shed.MinimumRetryAfter = options.Shed.MaximumRetryAfter = TimeSpan.FromSeconds(5);

    private static List<string> HeadersOf(HttpResponseMessage answer) =>
        [.. answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key != "Date").Select(header => $"{header.Key}: {string.Join(',', header.Value)}").Order()];
}
