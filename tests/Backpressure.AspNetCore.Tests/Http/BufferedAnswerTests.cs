using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Answers that a middleware outside keeps in a buffer, so that the server knows nothing of them when their time is over.</summary>
public sealed class BufferedAnswerTests
{
    private readonly Turnstile _turnstile = new();

    [Fact]
    public async Task A_late_answer_is_delivered_as_it_is()
    {
        await using App app = await AppAsync(async context =>
        {
            await _turnstile.PassAsync();
            await context.Response.Body.WriteAsync("late"u8.ToArray());
        });

        using HttpResponseMessage answer = await TimedOutAsync(app);

        Assert.Equal((HttpStatusCode.OK, "late"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task A_part_of_an_answer_gives_way_to_the_504()
    {
        await using App app = await AppAsync(async context =>
        {
            await context.Response.Body.WriteAsync("half"u8.ToArray());
            await _turnstile.PassAsync(context.RequestAborted);
        });

        using HttpResponseMessage answer = await TimedOutAsync(app);

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal(504, (await answer.ProblemAsync()).GetProperty("status").GetInt32());
    }

    private static Task<App> AppAsync(RequestDelegate handler) => App.StartAsync(new AppSetup
    {
        Outside = static app => app.Use(BufferAsync),
        Endpoints = endpoints => endpoints.MapGet("/", handler),
    });

    private static async Task BufferAsync(HttpContext context, RequestDelegate next)
    {
        Stream original = context.Response.Body;
        using MemoryStream buffer = new();
        context.Response.Body = buffer;
        await next(context);
        context.Response.Body = original;
        await original.WriteAsync(buffer.ToArray());
    }

    private async Task<HttpResponseMessage> TimedOutAsync(App app)
    {
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile);
        app.Time.Advance(TimeSpan.FromSeconds(31));
        _turnstile.Open();
        return await running;
    }
}
