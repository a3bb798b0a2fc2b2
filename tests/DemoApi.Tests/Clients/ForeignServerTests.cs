using System.Diagnostics;
using System.Globalization;
using System.Net;
using Backpressure.Http;
using Microsoft.AspNetCore.Http;

namespace DemoApi.Tests.Clients;

/// <summary>A client of ours in front of servers that have never heard of the protocol.</summary>
public sealed class ForeignServerTests
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    [Theory] // H9
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_get_is_tried_three_times_and_says_so(int status)
    {
        await using VisitedServer server = await VisitedServer.PlainAsync((context, _) => AnswerAsync(context, status));
        await using FactoryClient client = Client();

        using HttpResponseMessage response = await client.Http.GetAsync(server.Address);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal([null, "1", "2"], server.Visits.Select(visit => visit.Attempt));
        Assert.All(server.Visits, visit => Assert.NotNull(visit.TimeoutMs));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(501)]
    public async Task What_another_try_would_not_change_is_tried_once(int status)
    {
        await using VisitedServer server = await VisitedServer.PlainAsync((context, _) => AnswerAsync(context, status));
        await using FactoryClient client = Client();

        using HttpResponseMessage response = await client.Http.GetAsync(server.Address);

        Assert.Single(server.Visits);
    }

    [Theory] // H9: nothing proves that it was not executed
    [InlineData("POST", 503, "1")]
    [InlineData("POST", 503, null)]
    [InlineData("POST", 500, null)]
    [InlineData("POST", 429, "1")]
    [InlineData("PATCH", 503, "1")]
    public async Task What_may_have_been_executed_is_not_sent_again(string method, int status, string? retryAfter)
    {
        await using VisitedServer server = await VisitedServer.PlainAsync((context, _) => AnswerAsync(context, status, retryAfter));
        await using FactoryClient client = Client();

        using HttpResponseMessage response = await client.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), server.Address) { Content = new StringContent("an order") });

        Assert.Equal("an order", Assert.Single(server.Visits).Body);
    }

    [Theory] // H8
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task A_stream_is_sent_once(string method)
    {
        await using VisitedServer server = await VisitedServer.PlainAsync((context, _) => AnswerAsync(context, 503));
        await using FactoryClient client = Client();

        using HttpResponseMessage response = await client.Http.SendAsync(
            new HttpRequestMessage(new HttpMethod(method), server.Address) { Content = new StreamContent(new MemoryStream("an order"u8.ToArray())) });

        Assert.Equal("an order", Assert.Single(server.Visits).Body);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    public async Task Retry_After_in_seconds_is_obeyed(int status)
    {
        await using VisitedServer server = await VisitedServer.PlainAsync((context, number) => number == 1 ? AnswerAsync(context, status, "1") : AnswerAsync(context, 200));
        await using FactoryClient client = Client();

        using HttpResponseMessage response = await client.Http.GetAsync(server.Address);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(server.Visits[1].CameAt - server.Visits[0].CameAt >= OneSecond, "it came early");
    }

    [Fact]
    public async Task Retry_After_as_a_date_is_obeyed()
    {
        DateTimeOffset date = default;
        DateTimeOffset cameAt = default;
        await using VisitedServer server = await VisitedServer.PlainAsync((context, number) =>
        {
            cameAt = TimeProvider.System.GetUtcNow();
            if (number > 1)
            {
                return AnswerAsync(context, 200);
            }

            DateTimeOffset soon = cameAt + (2 * OneSecond);
            date = soon.AddTicks(-(soon.Ticks % TimeSpan.TicksPerSecond));
            return AnswerAsync(context, 503, date.ToString("R", CultureInfo.InvariantCulture));
        });
        await using FactoryClient client = Client();

        using HttpResponseMessage response = await client.Http.GetAsync(server.Address);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(cameAt >= date, $"it came {(date - cameAt).TotalMilliseconds:F1} ms early");
    }

    [Fact]
    public async Task A_delay_that_does_not_fit_the_deadline_ends_the_call_at_once()
    {
        await using VisitedServer server = await VisitedServer.PlainAsync((context, _) => AnswerAsync(context, 503, "60"));
        await using FactoryClient client = Client(options => options.Timeout = TimeSpan.FromSeconds(30));
        long start = Stopwatch.GetTimestamp();

        using HttpResponseMessage response = await client.Http.GetAsync(server.Address);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Single(server.Visits);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(15), "it waited for nothing");
    }

    [Theory] // H9
    [InlineData("GET", null, 3)]
    [InlineData("PUT", "an order", 3)]
    [InlineData("POST", "an order", 1)]
    [InlineData("POST", null, 1)]
    public async Task A_reset_connection_is_tried_again_only_for_an_idempotent_method(string method, string? body, int visits)
    {
        await using VisitedServer server = await VisitedServer.PlainAsync(static (context, number) => number == 1 ? AnswerAsync(context, 200) : ResetAsync(context));
        await using FactoryClient client = Client();
        using HttpResponseMessage first = await client.Http.GetAsync(server.Address); // the connection goes back to the pool: nobody beneath us must send on another one by itself

        await Assert.ThrowsAsync<HttpRequestException>(() => client.Http.SendAsync(
            new HttpRequestMessage(new HttpMethod(method), server.Address) { Content = body is null ? null : new StringContent(body) }));

        Visit[] tries = server.Visits[1..];
        Assert.All(tries, visit => Assert.Equal(body ?? "", visit.Body));
        Assert.Equal(((string?[])[null, "1", "2"])[..visits], tries.Select(visit => visit.Attempt));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_left_at_the_deadline_and_not_asked_again()
    {
        TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using VisitedServer server = await VisitedServer.PlainAsync(async (context, _) =>
        {
            await using CancellationTokenRegistration leaving = context.RequestAborted.Register(left.SetResult);
            await left.Task;
        });
        await using FactoryClient client = Client(options => options.Timeout = TimeSpan.FromMilliseconds(300));

        TaskCanceledException thrown = await Assert.ThrowsAsync<TaskCanceledException>(() => client.Http.GetAsync(server.Address));

        Assert.IsType<TimeoutException>(thrown.InnerException);
        await left.Task;
        Assert.Single(server.Visits);
    }

    private static FactoryClient Client(Action<BackpressureHandlerOptions>? configure = null) => FactoryClient.With(options =>
    {
        options.MinimumRetriesPerSecond = 100; // so that the budget is not what binds
        options.BaseDelay = TimeSpan.FromMilliseconds(1);
        configure?.Invoke(options);
    });

    private static Task AnswerAsync(HttpContext context, int status, string? retryAfter = null)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.RetryAfter = retryAfter;
        return Task.CompletedTask;
    }

    private static Task ResetAsync(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }
}
