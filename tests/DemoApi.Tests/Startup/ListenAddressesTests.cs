using DemoApi.Startup;
using Microsoft.Extensions.Configuration;

namespace DemoApi.Tests.Startup;

public sealed class ListenAddressesTests
{
    [Fact]
    public void Where_nothing_is_set_the_server_listens_on_port_8080_of_this_machine() =>
        Assert.Equal(new() { ["urls"] = "http://localhost:8080" }, SettingsFor());

    [Theory]
    [InlineData("urls", "http://127.0.0.1:5000")]
    [InlineData("urls", "http://*:80;http://+:81;http://[::1]:82")]
    [InlineData("http_ports", "80")]
    [InlineData("https_ports", "443")]
    [InlineData("Kestrel:Endpoints:Web:Url", "http://*:80")]
    public void What_is_set_stands(string key, string value) => Assert.Empty(SettingsFor((key, value)));

    [Theory]
    [InlineData("urls")]
    [InlineData("http_ports")]
    public void An_empty_setting_sets_nothing(string key) => Assert.Equal("http://localhost:8080", SettingsFor((key, ""))["urls"]);

    [Fact]
    public void With_an_address_for_HTTP_2_both_become_endpoints()
    {
        Dictionary<string, string?> settings = SettingsFor(("Http2:Url", "http://127.0.0.1:8081"));

        Assert.Equal("http://localhost:8080", settings["Kestrel:Endpoints:Address0:Url"]);
        Assert.Equal("http://127.0.0.1:8081", settings["Kestrel:Endpoints:Http2:Url"]);
        Assert.Equal("Http2", settings["Kestrel:Endpoints:Http2:Protocols"]);
    }

    [Fact]
    public void With_an_address_for_HTTP_2_every_URL_becomes_an_endpoint()
    {
        Dictionary<string, string?> settings = SettingsFor(("Http2:Url", "http://127.0.0.1:1"), ("urls", "http://a:2; http://b:3"), ("http_ports", "4"));

        Assert.Equal(["http://a:2", "http://b:3", "http://127.0.0.1:1"], Endpoints(settings));
    }

    [Fact]
    public void With_an_address_for_HTTP_2_every_port_becomes_an_endpoint()
    {
        Dictionary<string, string?> settings = SettingsFor(("Http2:Url", "http://127.0.0.1:1"), ("http_ports", "4;5"), ("https_ports", "6"));

        Assert.Equal(["http://*:4", "http://*:5", "https://*:6", "http://127.0.0.1:1"], Endpoints(settings));
    }

    [Fact]
    public void With_an_address_for_HTTP_2_endpoints_of_the_configuration_stand()
    {
        Dictionary<string, string?> settings = SettingsFor(("Http2:Url", "http://127.0.0.1:1"), ("Kestrel:Endpoints:Web:Url", "http://*:80"), ("urls", "http://a:2"));

        Assert.Equal(["http://127.0.0.1:1"], Endpoints(settings));
    }

    [Theory]
    [InlineData("https://127.0.0.1:8081")]
    [InlineData("http://127.0.0.1:8081/path")]
    [InlineData("127.0.0.1:8081")]
    [InlineData("8081")]
    public void An_address_for_HTTP_2_is_one_without_TLS_and_path(string url)
    {
        StartupException exception = Assert.Throws<StartupException>(() => SettingsFor(("Http2:Url", url)));

        Assert.Equal($"Http2:Url must be an address such as http://127.0.0.1:8081, with the scheme http and without a path (was '{url}').", exception.Message);
    }

    [Theory]
    [InlineData("nonsense", "nonsense")]
    [InlineData("http://127.0.0.1:1;8080", "8080")]
    [InlineData("http://localhost:0", "http://localhost:0")]
    public void A_URL_that_is_none_is_named(string urls, string culprit)
    {
        StartupException exception = Assert.Throws<StartupException>(() => SettingsFor(("urls", urls)));

        Assert.StartsWith("ASPNETCORE_URLS and --urls must hold addresses", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith($"(was '{culprit}').", exception.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string?> Endpoints(Dictionary<string, string?> settings) =>
        settings.Where(pair => pair.Key.EndsWith(":Url", StringComparison.Ordinal)).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value);

    private static Dictionary<string, string?> SettingsFor(params (string Key, string? Value)[] configuration) =>
        ListenAddresses.SettingsFor(new ConfigurationBuilder().AddInMemoryCollection(configuration.ToDictionary(pair => pair.Key, pair => pair.Value)).Build());
}
