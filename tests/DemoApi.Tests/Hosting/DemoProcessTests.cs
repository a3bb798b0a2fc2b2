using System.Net;

namespace DemoApi.Tests.Hosting;

public sealed class DemoProcessTests
{
    [Fact]
    public async Task It_serves_on_a_free_port_and_ends_in_good_order_when_asked()
    {
        await using DemoProcess demo = await DemoProcess.StartAsync();

        HttpStatusCode status = (await demo.Client.GetAsync("/healthz/live")).StatusCode;
        int exitCode = await demo.TerminateAsync();

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(0, exitCode);
        Assert.Equal("", demo.Errors.Text);
    }
}
