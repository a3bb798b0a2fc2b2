using System.Net;
using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Startup;

public sealed class ListeningTests
{
    [Fact]
    public async Task HTTP_1_and_HTTP_2_without_TLS_listen_side_by_side()
    {
        await using DemoProcess demo = await DemoProcess.StartAsync(new Dictionary<string, string?> { ["Http2__Url"] = "http://127.0.0.1:0" });

        Assert.Equal(2, demo.Addresses.Count);
        Assert.Equal(HttpVersion.Version11, await VersionAsync(demo.Client, demo.Addresses[0], HttpVersion.Version11));
        Assert.Equal(HttpVersion.Version20, await VersionAsync(demo.Client, demo.Addresses[1], HttpVersion.Version20));
        Assert.DoesNotContain("warn:", demo.Output.Text, StringComparison.Ordinal);
        Assert.Contains("HTTP/2 without TLS", demo.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_HTTP_2_keys_and_values_are_the_same()
    {
        await using DemoProcess demo = await DemoProcess.StartAsync(new Dictionary<string, string?> { ["Http2__Url"] = "http://127.0.0.1:0" });
        using HttpRequestMessage put = Request(HttpMethod.Put, new Uri(demo.Addresses[1], "/kv/a%2Fb%20%D0%BA"));
        put.Content = new ByteArrayContent(new byte[65_536]);

        HttpStatusCode status = (await demo.Client.SendAsync(put)).StatusCode;
        byte[] value = await demo.Client.GetByteArrayAsync("/kv/a/b%20%D0%BA");

        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal(65_536, value.Length);
    }

    [Fact]
    public async Task With_TLS_both_protocols_are_spoken_at_its_address_and_no_other_is_listened_at()
    {
        using ServerCertificate certificate = new();
        await using DemoProcess demo = await DemoProcess.StartAsync(certificate.Settings());
        using HttpClient client = certificate.ClientFor(demo.Address);

        Assert.Equal("https", Assert.Single(demo.Addresses).Scheme);
        Assert.Equal(HttpVersion.Version11, await VersionAsync(client, demo.Address, HttpVersion.Version11));
        Assert.Equal(HttpVersion.Version20, await VersionAsync(client, demo.Address, HttpVersion.Version20));
        Assert.DoesNotContain("warn:", demo.Output.Text, StringComparison.Ordinal);
    }

    private static async Task<Version> VersionAsync(HttpClient client, Uri address, Version version)
    {
        using HttpRequestMessage request = Request(HttpMethod.Get, new Uri(address, "/healthz/live"), version);
        using HttpResponseMessage response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response.Version;
    }

    private static HttpRequestMessage Request(HttpMethod method, Uri uri, Version? version = null) =>
        new(method, uri) { Version = version ?? HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
}
