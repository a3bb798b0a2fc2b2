using DemoApi.Startup;
using DemoApi.Storage;
using Microsoft.Extensions.Configuration;

namespace DemoApi.Tests.Storage;

public sealed class StorageSettingsTests
{
    [Fact]
    public void Nothing_set_means_a_durable_database_below_the_content_root() =>
        Assert.Equal(new StorageSettings("/srv/app/data/demo.db", Synchronous.Full), Read([]));

    [Theory]
    [InlineData("x.db", "/srv/app/x.db")]
    [InlineData("../x.db", "/srv/x.db")]
    [InlineData("/var/lib/x.db", "/var/lib/x.db")]
    public void A_relative_path_starts_at_the_content_root(string path, string expected) =>
        Assert.Equal(expected, Read(new() { ["Storage:Path"] = path }).Path);

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("data/")]
    public void A_path_must_name_a_file(string path)
    {
        StartupException exception = Assert.Throws<StartupException>(() => Read(new() { ["Storage:Path"] = path }));

        Assert.Equal($"Storage:Path must name a file, such as data/demo.db, relative to the content root or absolute (was '{path}').", exception.Message);
    }

    [Theory]
    [InlineData("full", "Full")]
    [InlineData("OFF", "Off")]
    public void Synchronous_is_full_or_off_in_any_case(string text, string expected) =>
        Assert.Equal(expected, Read(new() { ["Storage:Synchronous"] = text }).Synchronous.ToString());

    [Theory]
    [InlineData("Normal")]
    [InlineData("1")]
    [InlineData("")]
    public void Synchronous_is_nothing_else(string text)
    {
        StartupException exception = Assert.Throws<StartupException>(() => Read(new() { ["Storage:Synchronous"] = text }));

        Assert.StartsWith("Storage:Synchronous must be Full", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith($"(was '{text}').", exception.Message, StringComparison.Ordinal);
    }

    private static StorageSettings Read(Dictionary<string, string?> settings) =>
        StorageSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), "/srv/app");
}
