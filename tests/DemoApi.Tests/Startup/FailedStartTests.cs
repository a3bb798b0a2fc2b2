using System.Net;
using System.Net.Sockets;
using DemoApi.Startup;
using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Startup;

public sealed class FailedStartTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task A_busy_port_is_named_with_the_way_to_another()
    {
        using TcpListener busy = new(IPAddress.Loopback, 0);
        busy.Start();
        string url = $"http://127.0.0.1:{((IPEndPoint)busy.LocalEndpoint).Port}";

        string line = await OnlyLineAsync("ASPNETCORE_URLS", url);

        Assert.Contains($"Failed to bind to address {url}: address already in use.", line, StringComparison.Ordinal);
        Assert.Contains("ASPNETCORE_URLS=http://", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named_with_the_setting()
    {
        await File.WriteAllTextAsync(_folder["file"], "");

        string line = await OnlyLineAsync("Storage__Path", _folder["file/data/demo.db"]);

        Assert.Contains($"Storage:Path is '{_folder["file/data/demo.db"]}', which cannot be used: '{_folder["file"]}' is a file", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named_with_the_setting()
    {
        // not even root may create files there
        string line = await OnlyLineAsync("Storage__Path", "/proc/demo.db");

        Assert.Contains("Storage:Path is '/proc/demo.db', which cannot be used: SQLite Error", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Storage__Synchronous", "Sometimes", "Storage:Synchronous must be Full")]
    [InlineData("Http2__Url", "https://127.0.0.1:1", "Http2:Url must be an address")]
    [InlineData("ASPNETCORE_URLS", "nonsense", "ASPNETCORE_URLS and --urls must hold addresses")]
    public async Task A_setting_that_breaks_its_rule_is_named_with_the_rule(string key, string value, string expected)
    {
        string line = await OnlyLineAsync(key, value);

        Assert.StartsWith($"DemoApi cannot start. {expected}", line, StringComparison.Ordinal);
        Assert.EndsWith($"(was '{value}').", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_wrong_options_are_named_at_once_one_a_line()
    {
        string[] lines = await LinesAsync(new()
        {
            ["Backpressure__Queue__Capacity"] = "-1",
            ["Backpressure__Limit__Maximun"] = "3",
            ["Backpressure__Policies__reads__Timeout__Default"] = "soon",
        });

        Assert.Equal(3, lines.Length);
        Assert.Contains(lines, line => line.Contains("Backpressure:Queue:Capacity must be a whole number from 0 to 1000000 (was '-1').", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("Backpressure:Limit:Maximun is not a setting. Did you mean 'Limit:Maximum'?", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("Backpressure:Policies:reads:Timeout:Default must be a time span", StringComparison.Ordinal));
    }

    [Fact]
    public void What_no_setting_explains_keeps_its_stack_trace()
    {
        Assert.Empty(StartFailure.Explain(new InvalidOperationException("a defect")));
        Assert.Empty(StartFailure.Explain(new IOException("a disk")));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<string> OnlyLineAsync(string key, string value) => Assert.Single(await LinesAsync(new() { [key] = value }));

    /// <summary>Starts a server that is to fail, and checks what holds for each: exit code 1, and no stack trace anywhere.</summary>
    private static async Task<string[]> LinesAsync(Dictionary<string, string?> settings)
    {
        await using DemoProcess demo = DemoProcess.Launch(settings);
        int exitCode = await demo.WaitForExitAsync();

        Assert.Equal(1, exitCode);
        Assert.DoesNotContain("   at ", demo.Errors.Text + demo.Output.Text, StringComparison.Ordinal);
        Assert.All(demo.Errors.Lines, line => Assert.StartsWith("DemoApi cannot start. ", line, StringComparison.Ordinal));
        return demo.Errors.Lines;
    }
}
