using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class RelayedRefusalTests
{
    [Theory] // H9: an endpoint without a gate relays no proof either
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_headers_that_prove_a_refusal_are_stripped_from_what_a_handler_answers(bool isExempt)
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Endpoints = endpoints =>
            {
                IEndpointConventionBuilder relay = endpoints.MapGet("/", Relay);
                _ = isExempt ? relay.DisableBackpressure() : relay;
            },
        });

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal("relayed", await answer.Content.ReadAsStringAsync());
        Assert.False(answer.Headers.Contains("Backpressure"));
        Assert.False(answer.Headers.Contains("X-Should-Retry"));
    }

    private static Task Relay(HttpContext context)
    {
        context.Response.StatusCode = 503; // as a gateway relays what stood behind it
        context.Response.Headers["Backpressure"] = "reason=queue-full";
        context.Response.Headers["X-Should-Retry"] = "true";
        return context.Response.WriteAsync("relayed");
    }
}
