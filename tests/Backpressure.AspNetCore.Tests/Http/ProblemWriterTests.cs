using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Problem writers that an application brings along, and what a refusal makes of them.</summary>
public sealed class ProblemWriterTests
{
    private readonly Turnstile _turnstile = new();

    [Fact]
    public async Task A_writer_writes_the_body_whatever_it_looks_like()
    {
        StrangersWriter writer = new() { OnWrite = static context => new(context.HttpContext.Response.WriteAsync($"<p>{context.ProblemDetails.Extensions["reason"]}</p>")) };
        await using App app = await FullApp.StartAsync(_turnstile, services: writer.Register);

        using HttpResponseMessage answer = await app.GetAsync("/", ("Accept", "text/html"));

        Assert.Equal("queue-full", answer.Reason());
        Assert.Equal("<p>queue-full</p>", await answer.Content.ReadAsStringAsync());
    }

    [Theory] // C8
    [InlineData(null)]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task One_that_throws_does_not_lose_the_refusal(HttpProtocols? sockets)
    {
        StrangersWriter writer = new() { OnWrite = static _ => throw new FormatException("a stranger's bug") };

        await AssertOwnDocumentAsync(writer, sockets);
    }

    [Fact] // C8
    public async Task One_that_throws_later_does_not_lose_the_refusal() => await AssertOwnDocumentAsync(new StrangersWriter
    {
        OnWrite = static async _ =>
        {
            await Task.Yield();
            throw new FormatException("a stranger's bug");
        },
    });

    [Fact] // C8
    public async Task One_that_throws_when_asked_whether_it_can_does_not_lose_the_refusal() =>
        await AssertOwnDocumentAsync(new StrangersWriter { OnAsked = static () => throw new FormatException("a stranger's bug") });

    [Fact] // C8
    public async Task A_customization_that_throws_does_not_lose_the_refusal()
    {
        await using App app = await FullApp.StartAsync(_turnstile, services: static services =>
            services.AddProblemDetails(static options => options.CustomizeProblemDetails = static _ => throw new FormatException("a stranger's bug")));

        await AssertOwnDocumentAsync(app);
    }

    [Fact]
    public async Task What_one_has_set_before_it_threw_does_not_stay() => await AssertOwnDocumentAsync(new StrangersWriter
    {
        OnWrite = static context =>
        {
            context.HttpContext.Response.ContentType = "text/html";
            context.HttpContext.Response.ContentLength = 3;
            context.HttpContext.Response.StatusCode = 200;
            throw new FormatException("a stranger's bug");
        },
    });

    [Fact]
    public async Task With_an_empty_body_nothing_is_written_and_nobody_is_asked()
    {
        int asked = 0;
        StrangersWriter writer = new() { OnAsked = () => ++asked > 0, OnWrite = static context => new(context.HttpContext.Response.WriteAsync("written")) };
        await using App app = await FullApp.StartAsync(_turnstile, null, static options => options.Shed.Body = ShedBody.Empty, writer.Register);

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal("queue-full", answer.Reason());
        Assert.True(answer.RetryAfter() >= TimeSpan.FromSeconds(1));
        Assert.Null(answer.Content.Headers.ContentType);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(0, asked);
    }

    [Fact] // C11
    public async Task Half_an_answer_of_one_that_throws_does_not_look_whole()
    {
        StrangersWriter writer = new()
        {
            OnWrite = static context =>
            {
                context.HttpContext.Response.BodyWriter.GetSpan(5)[..5].Fill((byte)'x');
                context.HttpContext.Response.BodyWriter.Advance(5); // not flushed
                throw new FormatException("a stranger's bug");
            },
        };
        await using App app = await FullApp.StartAsync(_turnstile, HttpProtocols.Http1, services: writer.Register);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => app.GetAsync("/"));
    }

    [Fact]
    public async Task A_service_of_any_lifetime_is_asked()
    {
        await using App app = await App.StartAsync(new AppSetup
        {
            Environment = "Development", // where scopes are validated
            Options = AppSetup.Limited(1, 0),
            Services = static services => services.AddScoped<IProblemDetailsService, ScopedService>(),
        });

        using HttpResponseMessage answer = await app.GetAsync("/", ("Request-Timeout-Ms", "0"));

        Assert.Equal("deadline-infeasible", answer.Reason());
        Assert.Equal("of its scope", await answer.Content.ReadAsStringAsync());
    }

    [Fact] // C20
    public async Task A_flood_of_its_failures_is_logged_once_in_ten_seconds_with_their_number()
    {
        StrangersWriter writer = new() { OnWrite = static _ => throw new FormatException("a stranger's bug") };
        await using App app = await FullApp.StartAsync(_turnstile, services: writer.Register);
        for (int i = 0; i < 5; i++)
        {
            (await app.GetAsync("/")).Dispose();
        }

        app.Time.Advance(TimeSpan.FromSeconds(10));
        (await app.GetAsync("/")).Dispose();

        Assert.Equal(["0", "4"], app.Logs.Where(static log => log.Level == LogLevel.Error).Select(static log => log.GetStructuredStateValue("Unreported")));
    }

    private async Task AssertOwnDocumentAsync(StrangersWriter writer, HttpProtocols? sockets = null)
    {
        await using App app = await FullApp.StartAsync(_turnstile, sockets, services: writer.Register);

        await AssertOwnDocumentAsync(app);
    }

    private static async Task AssertOwnDocumentAsync(App app)
    {
        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal("queue-full", answer.Reason());
        Assert.Equal("queue-full", (await answer.ProblemAsync()).GetProperty("reason").GetString());
        Assert.Equal((await answer.Content.ReadAsByteArrayAsync()).Length, answer.Content.Headers.ContentLength);
        Assert.IsType<FormatException>(Assert.Single(app.Logs, static log => log.Level == LogLevel.Error).Exception);
    }

    /// <summary>Does what a test wants; asked before the framework's own.</summary>
    private sealed class StrangersWriter : IProblemDetailsWriter
    {
        public Func<bool> OnAsked { get; init; } = static () => true;

        public Func<ProblemDetailsContext, ValueTask> OnWrite { get; init; } = static _ => ValueTask.CompletedTask;

        public void Register(IServiceCollection services) => services.AddSingleton<IProblemDetailsWriter>(this).AddProblemDetails();

        public bool CanWrite(ProblemDetailsContext context) => OnAsked();

        public ValueTask WriteAsync(ProblemDetailsContext context) => OnWrite(context);
    }

    private sealed class ScopedService : IProblemDetailsService
    {
        public ValueTask WriteAsync(ProblemDetailsContext context) => new(context.HttpContext.Response.WriteAsync("of its scope"));

        public async ValueTask<bool> TryWriteAsync(ProblemDetailsContext context)
        {
            await WriteAsync(context);
            return true;
        }
    }
}
