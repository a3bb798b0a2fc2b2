using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Hosting;

/// <summary>An application whose only permit is taken and whose queue has no place, unless its options say otherwise: it refuses whatever comes to <c>/</c>, of every method.</summary>
internal static class FullApp
{
    /// <summary>Starts it and takes its permit. The permit goes back when the turnstile opens or the client is disposed.</summary>
    public static async Task<App> StartAsync(
        Turnstile turnstile,
        HttpProtocols? sockets = null,
        Action<BackpressureOptions>? options = null,
        Action<IServiceCollection>? services = null,
        Action<IApplicationBuilder>? outside = null)
    {
        App app = await App.StartAsync(new AppSetup
        {
            Sockets = sockets,
            Options = AppSetup.Limited(1, 0) + options,
            Services = services ?? (static _ => { }),
            Outside = outside ?? (static _ => { }),
            Endpoints = endpoints => endpoints.Map("/", (HttpContext context) => turnstile.PassAsync(context.RequestAborted)),
        });
        _ = await app.EnterAsync(turnstile);
        return app;
    }
}
