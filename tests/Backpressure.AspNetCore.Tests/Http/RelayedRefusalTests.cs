using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class RelayedRefusalTests
{
    [Fact]
    public async Task The_headers_that_prove_a_refusal_are_stripped_from_what_a_handler_answers()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Endpoints = endpoints => endpoints.MapGet("/", (HttpContext context) =>
            {
                context.Response.StatusCode = 503; // as a gateway relays what stood behind it
                context.Response.Headers["Backpressure"] = "reason=queue-full";
                context.Response.Headers["X-Should-Retry"] = "true";
                return context.Response.WriteAsync("relayed");
            }),
        });

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal("relayed", await answer.Content.ReadAsStringAsync());
        Assert.False(answer.Headers.Contains("Backpressure"));
        Assert.False(answer.Headers.Contains("X-Should-Retry"));
    }
}
