using System.Net;
using System.Text.Json;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>The problem document of a refusal goes through the application's <see cref="IProblemDetailsService"/> where there is one.</summary>
public sealed class ProblemServiceTests
{
    private readonly Turnstile _turnstile = new();

    [Theory]
    [InlineData(null)]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task What_the_application_adds_is_there_beside_what_we_say(HttpProtocols? sockets)
    {
        await using App app = await FullApp.StartAsync(_turnstile, sockets, services: Customized);

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal("queue-full", answer.Reason());
        JsonElement problem = await answer.ProblemAsync();
        Assert.Equal("shop", problem.GetProperty("instanceOf").GetString());
        AssertOurs(problem, 503);
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("title").GetString()));
    }

    [Fact]
    public async Task The_headers_of_the_refusal_are_there_as_ever()
    {
        await using App app = await FullApp.StartAsync(_turnstile, services: Customized);

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.InRange(answer.RetryAfter(), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(32));
        Assert.NotEmpty(answer.Header("Retry-After"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.Equal("reason=queue-full", answer.Header("Backpressure"));
    }

    [Fact]
    public async Task The_application_sees_status_and_reason_before_it_adds_its_own()
    {
        List<(int Response, int? Status, object? Reason)> seen = [];
        await using App app = await FullApp.StartAsync(_turnstile, services: services => services.AddProblemDetails(options => options.CustomizeProblemDetails = problem =>
            seen.Add((problem.HttpContext.Response.StatusCode, problem.ProblemDetails.Status, problem.ProblemDetails.Extensions["reason"]?.ToString()))));

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal([(503, 503, "queue-full")], seen);
    }

    [Fact]
    public async Task The_status_of_the_options_is_the_status_of_the_document()
    {
        await using App app = await FullApp.StartAsync(_turnstile, null, static options => options.Shed.StatusCode = 429, Customized);

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        JsonElement problem = await answer.ProblemAsync();
        Assert.Equal("shop", problem.GetProperty("instanceOf").GetString());
        AssertOurs(problem, 429);
    }

    [Fact]
    public async Task Who_accepts_only_what_the_service_cannot_write_gets_our_own_document()
    {
        await using App app = await FullApp.StartAsync(_turnstile, services: Customized);

        using HttpResponseMessage answer = await app.GetAsync("/", ("Accept", "text/html"));

        Assert.Equal("queue-full", answer.Reason());
        JsonElement problem = await answer.ProblemAsync();
        Assert.False(problem.TryGetProperty("instanceOf", out _));
        AssertOurs(problem, 503);
        Assert.Equal((await answer.Content.ReadAsByteArrayAsync()).Length, answer.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task HEAD_has_no_body(HttpProtocols? sockets)
    {
        await using App app = await FullApp.StartAsync(_turnstile, sockets, services: Customized);

        using HttpResponseMessage answer = await app.SendAsync(HttpMethod.Head, "/");

        Assert.Equal("queue-full", answer.Reason());
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_gRPC_call_is_none_of_its_business()
    {
        bool asked = false;
        await using App app = await FullApp.StartAsync(_turnstile, HttpProtocols.Http2, services: services =>
            services.AddProblemDetails(options => options.CustomizeProblemDetails = _ => asked = true));

        using HttpResponseMessage answer = await GrpcCall.SendAsync(app);

        Assert.Equal("14", answer.Header("grpc-status"));
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
        Assert.False(asked);
    }

    [Fact]
    public async Task An_OnShed_that_has_answered_is_not_answered_over()
    {
        await using App app = await FullApp.StartAsync(
            _turnstile, null, static options => options.Shed.OnShed = static async shed => await shed.HttpContext.Response.WriteAsync("come back later"), Customized);

        using HttpResponseMessage answer = await app.GetAsync("/");

        Assert.Equal("queue-full", answer.Reason());
        Assert.Equal("come back later", await answer.Content.ReadAsStringAsync());
    }

    private static void Customized(IServiceCollection services) =>
        services.AddProblemDetails(static options => options.CustomizeProblemDetails = static problem => problem.ProblemDetails.Extensions["instanceOf"] = "shop");

    private static void AssertOurs(JsonElement problem, int status)
    {
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("type").GetString()));
        Assert.Equal(JsonValueKind.String, problem.GetProperty("title").ValueKind);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.Contains("not executed", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("queue-full", problem.GetProperty("reason").GetString());
    }
}
