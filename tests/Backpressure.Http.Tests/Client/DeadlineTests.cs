using System.Net;
using Backpressure.Http.Client;
using Backpressure.Http.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.Http.Tests.Client;

public class DeadlineTests
{
    [Fact]
    public async Task A_server_that_does_not_answer_ends_as_a_timeout_the_way_users_of_HttpClient_know_it()
    {
        var server = new StalledServer();
        using var client = new TestClient(server, options => options.Timeout = TimeSpan.FromSeconds(3));
        Task<HttpResponseMessage> call = client.Http.GetAsync("1");
        await server.Asked;
        client.Time.Advance(TimeSpan.FromSeconds(2.999));
        Assert.False(call.IsCompleted);

        client.Time.Advance(TimeSpan.FromMilliseconds(1));

        TaskCanceledException thrown = await Assert.ThrowsAsync<TaskCanceledException>(() => call);
        Assert.IsType<TimeoutException>(thrown.InnerException);
        Assert.Contains("deadline of 3 s", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(1, client.Ended("timed_out"));
    }

    [Theory]
    [InlineData(1, 2, 1)]
    [InlineData(2, 1, 1)]
    [InlineData(-1, 4, 4)] // no deadline of its own
    public async Task A_request_can_shorten_the_deadline_and_never_lengthen_it(int ownSeconds, int clientSeconds, int expectedSeconds)
    {
        var server = ScriptedServer.Answering(HttpStatusCode.OK);
        using var client = new TestClient(server, options => options.Timeout = TimeSpan.FromSeconds(clientSeconds));
        using var request = new HttpRequestMessage(HttpMethod.Get, "1");
        request.Options.Set(BackpressureRequestOptions.Timeout, ownSeconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(ownSeconds));

        using HttpResponseMessage response = await client.Http.SendAsync(request);

        Assert.Equal($"{expectedSeconds}000", Assert.Single(server.Received).TimeoutMs);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public async Task A_request_without_any_time_left_is_not_sent_and_deposits_nothing(int seconds)
    {
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable);
        using var client = new TestClient(server, options =>
        {
            options.RetryRatio = 1;
            options.MinimumRetriesPerSecond = 0;
            options.MaximumAttempts = 10;
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, "1");
        request.Options.Set(BackpressureRequestOptions.Timeout, TimeSpan.FromSeconds(seconds));

        TaskCanceledException thrown = await Assert.ThrowsAsync<TaskCanceledException>(() => client.Http.SendAsync(request));

        Assert.Null(Assert.IsType<TimeoutException>(thrown.InnerException).InnerException); // nothing was under way that could have failed
        Assert.Empty(server.Received);
        Assert.Equal(1, client.Ended("timed_out"));

        using HttpResponseMessage next = await client.Http.GetAsync("1");
        Assert.Equal(2, server.Received.Length); // one retry, which its own first attempt paid for
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MinValue + 1)]
    public async Task Not_even_the_least_time_there_is_ends_otherwise_than_as_a_timeout(long ticks)
    {
        var server = ScriptedServer.Answering(HttpStatusCode.OK);
        TestClient? client = null;
        using (client = new TestClient(server, more: builder => builder.AddHttpMessageHandler(() => new SlowHandler(() => client!.Time.Advance(TimeSpan.FromSeconds(1))))))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "1");
            request.Options.Set(BackpressureRequestOptions.Timeout, TimeSpan.FromTicks(ticks));

            TaskCanceledException thrown = await Assert.ThrowsAsync<TaskCanceledException>(() => client.Http.SendAsync(request));

            Assert.Contains("its deadline of 0 s has passed", thrown.Message, StringComparison.Ordinal);
            Assert.Empty(server.Received);
            Assert.Equal(1, client.Ended("timed_out"));
        }
    }

    [Theory]
    [InlineData(0, "which left it 0 s")]
    [InlineData(-3, "which left it 0 s")]
    public async Task A_call_that_the_incoming_request_leaves_no_time_says_whose_deadline_it_was(int seconds, string expected)
    {
        var server = ScriptedServer.Answering(HttpStatusCode.OK);
        using var client = new TestClient(server);
        AmbientRequest.Current = new AmbientRetry(IsRetry: false, TimeSpan.FromSeconds(seconds));

        TaskCanceledException thrown = await Assert.ThrowsAsync<TaskCanceledException>(() => client.Http.GetAsync("1"));

        Assert.Contains("deadline of the incoming request", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
        Assert.Empty(server.Received);
        Assert.Equal(1, client.Ended("timed_out"));
    }

    [Fact]
    public async Task A_call_that_the_incoming_request_cuts_short_says_so_too()
    {
        var server = new StalledServer();
        using var client = new TestClient(server);
        AmbientRequest.Current = new AmbientRetry(IsRetry: false, TimeSpan.FromSeconds(2));
        Task<HttpResponseMessage> call = client.Http.GetAsync("1");
        await server.Asked;

        client.Time.Advance(TimeSpan.FromSeconds(2));

        TaskCanceledException thrown = await Assert.ThrowsAsync<TaskCanceledException>(() => call);
        Assert.Contains("deadline of the incoming request, which left it 2 s, has passed", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_attempt_states_the_time_that_is_left_for_it()
    {
        var server = new ScriptedServer(
            _ => ScriptedServer.Answer(HttpStatusCode.ServiceUnavailable, ("Retry-After-Ms", "1250")),
            _ => ScriptedServer.Answer(HttpStatusCode.OK));
        using var client = new TestClient(server, options => options.Timeout = TimeSpan.FromSeconds(3));
        Task<HttpResponseMessage> call = client.Http.GetAsync("1");
        client.Time.Advance(TimeSpan.FromMilliseconds(1250));
        using HttpResponseMessage response = await call;

        Assert.Equal(["3000", "1750"], server.Received.Select(sent => sent.TimeoutMs));
    }

    [Fact]
    public async Task Less_than_a_millisecond_is_still_some_time()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.OK);
        using var client = new TestClient(server);
        using var request = new HttpRequestMessage(HttpMethod.Get, "1");
        request.Options.Set(BackpressureRequestOptions.Timeout, TimeSpan.FromTicks(1));

        using HttpResponseMessage response = await client.Http.SendAsync(request);

        Assert.Equal("1", Assert.Single(server.Received).TimeoutMs);
    }

    [Fact]
    public async Task Time_that_runs_out_in_another_handler_is_a_timeout_even_before_the_timer_says_so()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.OK);
        TestClient? client = null;
        using (client = new TestClient(server, more: builder => builder.AddHttpMessageHandler(() => new SlowHandler(() => client!.Time.Advance(TimeSpan.FromMilliseconds(0.6))))))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "1");
            request.Options.Set(BackpressureRequestOptions.Timeout, TimeSpan.FromMilliseconds(0.5)); // timers count whole milliseconds

            TaskCanceledException thrown = await Assert.ThrowsAsync<TaskCanceledException>(() => client.Http.SendAsync(request));

            Assert.IsType<TimeoutException>(thrown.InnerException);
            Assert.Empty(server.Received);
            Assert.Equal(1, client.Ended("timed_out"));
        }
    }

    [Fact]
    public async Task A_caller_that_cancels_gets_its_own_cancellation_and_no_retry()
    {
        var server = new StalledServer();
        using var client = new TestClient(server);
        using var cancellation = new CancellationTokenSource();
        Task<HttpResponseMessage> call = client.Invoker.SendAsync(new HttpRequestMessage(HttpMethod.Get, "http://orders.test/"), cancellation.Token);
        await server.Asked;

        await cancellation.CancelAsync();

        TaskCanceledException thrown = await Assert.ThrowsAsync<TaskCanceledException>(() => call);
        Assert.Equal(cancellation.Token, thrown.CancellationToken);
        Assert.Equal(1, client.Ended("canceled"));
    }

    [Fact]
    public async Task A_connection_that_breaks_because_the_deadline_passed_is_a_timeout_and_is_not_retried()
    {
        TestClient? client = null;
        var server = new ScriptedServer(_ =>
        {
            client!.Time.Advance(TimeSpan.FromSeconds(100));
            throw new HttpRequestException(HttpRequestError.ResponseEnded);
        });
        using (client = new TestClient(server))
        {
            TaskCanceledException thrown = await Assert.ThrowsAsync<TaskCanceledException>(() => client.Http.GetAsync("1"));

            Assert.IsType<TimeoutException>(thrown.InnerException);
            Assert.Single(server.Received);
            Assert.Equal(0, client.Decided("no_time")); // no retry was on the table
        }
    }

    [Fact]
    public async Task A_response_that_has_arrived_is_not_cut_by_the_deadline_while_its_body_is_read()
    {
        var server = new ScriptedServer(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("body") });
        using var client = new TestClient(server);
        using HttpResponseMessage response = await client.Http.GetAsync("1", HttpCompletionOption.ResponseHeadersRead);

        client.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal("body", await response.Content.ReadAsStringAsync());
    }
}
