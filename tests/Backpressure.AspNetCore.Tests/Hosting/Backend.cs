using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Hosting;

/// <summary>A second server on a socket, which the handlers of the first one call through our client; it remembers how much time it was given.</summary>
internal sealed class Backend : IAsyncDisposable
{
    public const string Name = "backend";

    private readonly ConcurrentQueue<string> _timeouts = new();
    private readonly App _app;

    private Backend(App app) => _app = app;

    /// <summary>The time that each call stated, in the order in which they came.</summary>
    public string[] Timeouts => [.. _timeouts];

    public Uri Address => _app.Client.BaseAddress!;

    public static async Task<Backend> StartAsync(HttpProtocols protocol = HttpProtocols.Http1)
    {
        Backend? backend = null;
        App app = await App.StartAsync(new AppSetup
        {
            Sockets = protocol,
            Endpoints = endpoints => endpoints.Map("/{**path}", (HttpContext context) => backend!.Note(context.Request)),
        });
        return backend = new Backend(app);
    }

    /// <summary>Gives an application a client for this server.</summary>
    public void Register(IServiceCollection services) =>
        services.AddHttpClient(Name, client => client.BaseAddress = Address).AddBackpressureHandler();

    /// <summary>Calls this server in the course of a request.</summary>
    public static async Task CallAsync(HttpContext context)
    {
        HttpClient client = context.RequestServices.GetRequiredService<IHttpClientFactory>().CreateClient(Name);
        using HttpResponseMessage answer = await client.GetAsync("/");
        answer.EnsureSuccessStatusCode();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Note(HttpRequest request) => _timeouts.Enqueue($"{request.Headers["Request-Timeout-Ms"]}{request.Headers.GrpcTimeout}");
}
