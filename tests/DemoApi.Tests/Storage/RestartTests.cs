using System.Net;
using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Storage;

public sealed class RestartTests
{
    [Fact]
    public async Task Data_survive_a_restart()
    {
        using TempFolder folder = new();
        Dictionary<string, string?> settings = new() { ["Storage__Path"] = folder["data/demo.db"] };
        await using (DemoProcess first = await DemoProcess.StartAsync(settings))
        {
            await first.Client.PutAsync("/kv/a", new StringContent("kept"));
            Assert.Equal(0, await first.TerminateAsync());
            Assert.Equal(["demo.db"], Directory.GetFiles(folder["data"]).Select(Path.GetFileName));
        }

        await using DemoProcess second = await DemoProcess.StartAsync(settings);

        Assert.Equal("kept", await second.Client.GetStringAsync("/kv/a"));
        Assert.Equal(HttpStatusCode.NoContent, (await second.Client.PutAsync("/kv/a", new StringContent("again"))).StatusCode);
    }

    [Fact]
    public async Task Giving_up_durability_is_said_in_the_log()
    {
        await using DemoProcess demo = await DemoProcess.StartAsync(new Dictionary<string, string?> { ["Storage__Synchronous"] = "Off" });

        Assert.Contains("a 2xx does not mean durable", demo.Output.Text, StringComparison.Ordinal);
    }
}
