using System.Buffers;
using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>What becomes of handlers that return after their deadline, and of those that swallow it.</summary>
public sealed class LateAnswerTests
{
    private readonly Turnstile _turnstile = new();

    [Fact] // C7
    public async Task A_handler_that_ignores_its_token_keeps_its_permit_until_its_task_ends()
    {
        await using App app = await App.StartAsync(AppSetup.Held(1, 0, _turnstile));
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile);

        app.Time.Advance(TimeSpan.FromDays(1));
        using HttpResponseMessage meanwhile = await app.GetAsync("/");
        Assert.Equal("queue-full", meanwhile.Reason());
        Assert.Equal(1, app.Policy().Active);

        _turnstile.Open();
        using HttpResponseMessage answer = await running;
        await app.IsIdleAsync();
        Assert.Equal(1, _turnstile.Peak);
    }

    [Fact]
    public async Task Its_answer_is_delivered_and_counted_as_missed()
    {
        await using App app = await App.StartAsync(AppSetup.Held(1, 0, _turnstile));
        using Readings<long> deadlines = new(app.Services, "backpressure.deadlines");
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile);

        app.Time.Advance(TimeSpan.FromSeconds(31));
        _turnstile.Open();
        using HttpResponseMessage answer = await running;

        Assert.Equal("served", await answer.Content.ReadAsStringAsync());
        await Eventually.HoldsAsync(() => deadlines.All.Count == 1);
        Assert.Equal(1, deadlines.Sum("missed"));
    }

    public static TheoryData<string, HttpStatusCode, string> LateAnswers => new()
    {
        { "json", HttpStatusCode.OK, "{\"name\":\"late\"}" },
        { "unflushed", HttpStatusCode.OK, "late" },
        { "no content", HttpStatusCode.NoContent, "" },
        { "redirect", HttpStatusCode.Found, "" },
        { "not found", HttpStatusCode.NotFound, "" },
        { "empty on purpose", HttpStatusCode.OK, "" },
    };

    [Theory]
    [MemberData(nameof(LateAnswers))]
    public async Task A_late_answer_of_any_kind_is_delivered_as_it_is(string kind, HttpStatusCode status, string body)
    {
        await using App app = await AppAsync(async context =>
        {
            await _turnstile.PassAsync();
            await LateAnswerAsync(context.Response, kind);
        });

        using HttpResponseMessage answer = await TimedOutAsync(app);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(body, await answer.Content.ReadAsStringAsync());
    }

    [Fact] // M3: nobody is told 200 by nobody
    public async Task A_handler_that_swallows_its_cancellation_does_not_answer_200_with_nothing()
    {
        await using App app = await AppAsync(async context =>
        {
            try
            {
                await _turnstile.PassAsync(context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                // as a helper that means well may do
            }
        });

        using HttpResponseMessage answer = await TimedOutAsync(app);

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal(504, (await answer.ProblemAsync()).GetProperty("status").GetInt32());
    }

    [Theory] // C13
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_exception_handler_changes_nothing_inside_or_outside(bool inside)
    {
        static void Handle(IApplicationBuilder app) => app.UseExceptionHandler(page => page.Run(context => context.Response.WriteAsync("page")));
        await using App app = await App.StartAsync(new AppSetup
        {
            Outside = inside ? static _ => { } : Handle,
            Pipeline = pipeline =>
            {
                pipeline.UseBackpressure();
                if (inside)
                {
                    Handle(pipeline);
                }
            },
            Endpoints = endpoints => endpoints.MapGet("/", (HttpContext context) => _turnstile.PassAsync(context.RequestAborted)),
        });

        using HttpResponseMessage answer = await TimedOutAsync(app);

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal(504, (await answer.ProblemAsync()).GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task What_else_a_handler_throws_after_its_deadline_is_logged_and_the_client_is_told_that_it_timed_out()
    {
        await using App app = await AppAsync(async context =>
        {
            await _turnstile.PassAsync();
            throw new FormatException("late");
        });

        using HttpResponseMessage answer = await TimedOutAsync(app);

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Single(app.Logs, record => record.Exception is FormatException && record.Level == LogLevel.Warning);
        await app.IsIdleAsync();
    }

    private static Task<App> AppAsync(RequestDelegate handler) => App.StartAsync(new AppSetup { Endpoints = endpoints => endpoints.MapGet("/", handler) });

    private static async Task LateAnswerAsync(HttpResponse response, string kind)
    {
        switch (kind)
        {
            case "json":
                await response.WriteAsJsonAsync(new { name = "late" });
                break;
            case "unflushed":
                response.BodyWriter.Write("late"u8);
                break;
            case "no content":
                response.StatusCode = 204;
                break;
            case "redirect":
                response.Redirect("/elsewhere");
                break;
            case "not found":
                response.StatusCode = 404;
                break;
            default:
                response.ContentLength = 0;
                break;
        }
    }

    private async Task<HttpResponseMessage> TimedOutAsync(App app)
    {
        Task<HttpResponseMessage> running = await app.EnterAsync(_turnstile);
        app.Time.Advance(TimeSpan.FromSeconds(31));
        _turnstile.Open();
        return await running;
    }
}
