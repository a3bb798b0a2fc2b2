using System.Text;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Callers who ask before they send a body (RFC 9110 section 10.1.1).</summary>
public sealed class ExpectContinueTests
{
    private const string Asking = "Expect: 100-continue\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n";

    private readonly Turnstile _turnstile = new();

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task A_refusal_comes_without_a_word_to_go_on(string method)
    {
        await using App app = await AppAsync(queue: 0);
        _ = await app.EnterAsync(_turnstile, "/hold");

        using RawRequest request = await RawRequest.SendAsync(app.Client.BaseAddress!, "/echo", method, Asking);
        string answer = await request.ReadAnswerAsync();

        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nBackpressure: reason=queue-full\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\"reason\":\"queue-full\"}", answer, StringComparison.Ordinal);
        Assert.Equal(1, app.Policy().Admitted);
    }

    [Fact]
    public async Task Who_is_refused_after_a_wait_was_not_told_to_go_on_meanwhile()
    {
        await using App app = await AppAsync(queue: 1);
        _ = await app.EnterAsync(_turnstile, "/hold");

        using RawRequest request = await RawRequest.SendAsync(app.Client.BaseAddress!, "/echo", "POST", Asking);
        await Eventually.HoldsAsync(() => app.Policy().Queued == 1);
        app.Time.Advance(TimeSpan.FromSeconds(1));
        string answer = await request.ReadAnswerAsync();

        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nBackpressure: reason=queue-timeout\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_let_in_is_told_to_go_on_when_the_handler_reads()
    {
        await using App app = await AppAsync(queue: 0);

        using RawRequest request = await RawRequest.SendAsync(app.Client.BaseAddress!, "/echo", "POST", Asking);
        string interim = await request.ReadAnswerAsync();
        await request.SendMoreAsync(Encoding.ASCII.GetBytes("ping"));
        string answer = await request.ReadAnswerAsync();

        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", interim);
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("ping", answer, StringComparison.Ordinal);
    }

    private Task<App> AppAsync(int queue) => App.StartAsync(new AppSetup
    {
        Sockets = HttpProtocols.Http1,
        Options = AppSetup.Limited(1, queue),
        Endpoints = endpoints =>
        {
            endpoints.MapGet("/hold", (HttpContext context) => _turnstile.PassAsync(context.RequestAborted));
            endpoints.Map("/echo", static async context =>
            {
                using StreamReader reader = new(context.Request.Body);
                string body = await reader.ReadToEndAsync(context.RequestAborted);
                context.Response.ContentLength = body.Length;
                await context.Response.WriteAsync(body);
            });
        },
    });
}
