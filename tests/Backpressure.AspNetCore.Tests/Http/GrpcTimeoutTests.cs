using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>A gRPC call whose deadline passes in its handler hears so in the language of gRPC: 504 reads as "unavailable", and clients try that again.</summary>
public sealed class GrpcTimeoutTests
{
    private readonly Turnstile _turnstile = new();

    [Theory]
    [InlineData(HttpProtocols.Http2, "application/grpc+proto", "application/grpc")]
    [InlineData(HttpProtocols.Http1, "application/grpc-web", "application/grpc-web")]
    public async Task It_gets_headers_alone_with_the_status_deadline_exceeded(HttpProtocols sockets, string asked, string answered)
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Sockets = sockets,
            Endpoints = endpoints => endpoints.MapPost("/", (HttpContext context) => _turnstile.PassAsync(context.RequestAborted)),
        });
        Task<HttpResponseMessage> call = GrpcCall.SendAsync(app, asked);
        await _turnstile.ArrivalAsync();

        app.Time.Advance(TimeSpan.FromSeconds(30));
        using HttpResponseMessage answer = await call;

        Assert.Equal((HttpStatusCode.OK, "4"), (answer.StatusCode, answer.Header("grpc-status")));
        Assert.Equal(answered, answer.Content.Headers.ContentType?.ToString());
        Assert.Contains("may have been executed", answer.Header("grpc-message"), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Backpressure"));
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }
}
