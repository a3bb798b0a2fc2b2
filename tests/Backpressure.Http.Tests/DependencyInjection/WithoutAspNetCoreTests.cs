using System.Net;
using Backpressure.Http.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.Http.Tests.DependencyInjection;

public class WithoutAspNetCoreTests
{
    [Fact]
    public async Task The_client_works_in_a_process_to_which_the_server_framework_is_not_even_known()
    {
        string known = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        Assert.DoesNotContain("Microsoft.AspNetCore.", known, StringComparison.Ordinal);
        await using var server = new LoopbackServer((_, number) => LoopbackServer.Response(number == 1 ? 503 : 200));
        var services = new ServiceCollection();
        services.AddHttpClient("orders").AddBackpressureHandler();
        await using ServiceProvider provider = services.BuildServiceProvider();

        using HttpResponseMessage response = await provider.GetRequiredService<IHttpClientFactory>().CreateClient("orders").GetAsync(server.Address);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([null, "1"], server.Received.Select(sent => sent.Attempt));
    }
}
