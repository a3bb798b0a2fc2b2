using System.Net;
using Backpressure.Http.Tests.Fakes;

namespace Backpressure.Http.Tests.Client;

public class RetryDelayTests
{
    private const double AlmostOne = 1 - 1e-12;

    [Theory]
    [InlineData("Retry-After", "2", 2_000)]
    [InlineData("Retry-After-Ms", "1234", 1_234)]
    [InlineData("Retry-After", "Sat, 01 Jan 2000 00:00:03 GMT", 3_000)] // the fake clock starts at midnight of that day
    public async Task The_delay_that_the_server_asks_for_is_waited_to_the_end_and_not_longer_than_a_quarter_more(string header, string value, int milliseconds)
    {
        foreach ((double draw, double factor) in new[] { (0, 1), (0.5, 1.125), (AlmostOne, 1.25) })
        {
            var server = Refusing((header, value));
            using var client = new TestClient(server, draw: draw);
            TimeSpan start = server.Time.GetElapsedTime(0);
            Task<HttpResponseMessage> call = client.Http.GetAsync("1");

            client.Time.Advance(TimeSpan.FromMilliseconds((milliseconds * factor) - 1));
            Assert.Single(server.Received);

            client.Time.Advance(TimeSpan.FromMilliseconds(2));
            using HttpResponseMessage response = await call;
            Assert.Equal(2, server.Received.Length);
            Assert.True(server.Received[1].At - start >= TimeSpan.FromMilliseconds(milliseconds));
        }
    }

    [Fact]
    public async Task The_exact_delay_wins_over_the_one_in_seconds()
    {
        var server = Refusing(("Retry-After", "30"), ("Retry-After-Ms", "100"));
        using var client = new TestClient(server);
        Task<HttpResponseMessage> call = client.Http.GetAsync("1");

        client.Time.Advance(TimeSpan.FromMilliseconds(100));

        using HttpResponseMessage response = await call;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact] // H8
    public async Task A_malformed_exact_delay_leaves_the_one_in_seconds_in_force()
    {
        var server = Refusing(("Retry-After", "1"), ("Retry-After-Ms", "-1"));
        using var client = new TestClient(server);
        Task<HttpResponseMessage> call = client.Http.GetAsync("1");
        client.Time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(call.IsCompleted);

        client.Time.Advance(TimeSpan.FromMilliseconds(1));

        using HttpResponseMessage response = await call;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory] // H8
    [InlineData("Retry-After", "99999999")]
    [InlineData("Retry-After", "99999999999999999999999999999")]
    [InlineData("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT")]
    [InlineData("Retry-After-Ms", "99999999999999999999999999999")]
    [InlineData("Retry-After", "100")] // exactly the deadline
    public async Task A_delay_that_does_not_fit_the_deadline_ends_the_call_at_once_with_the_response_that_is_there(string header, string value)
    {
        var server = Refusing((header, value));
        using var client = new TestClient(server);

        Task<HttpResponseMessage> call = client.Http.GetAsync("1");

        Assert.True(call.IsCompletedSuccessfully);
        using HttpResponseMessage response = await call;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.False(Assert.Single(server.Responses).IsDisposed);
        Assert.Equal(1, client.Decided("no_time"));
    }

    [Fact]
    public async Task A_retry_that_has_no_time_costs_the_budget_nothing()
    {
        var server = new ScriptedServer(
            _ => ScriptedServer.Answer(HttpStatusCode.ServiceUnavailable, ("Retry-After", "100")),
            _ => ScriptedServer.Answer(HttpStatusCode.ServiceUnavailable),
            _ => ScriptedServer.Answer(HttpStatusCode.OK));
        using var client = new TestClient(server, options => options.RetryRatio = 0);
        using HttpResponseMessage tooLate = await client.Http.GetAsync("1");

        using HttpResponseMessage retried = await client.Http.GetAsync("1");

        Assert.Equal(HttpStatusCode.OK, retried.StatusCode);
    }

    [Theory] // H8
    [InlineData("-5")]
    [InlineData("soon")]
    [InlineData("1e3")]
    [InlineData("")]
    public async Task A_hostile_delay_is_ignored_and_the_own_back_off_used(string value)
    {
        var server = Refusing(("Retry-After", value));
        using var client = new TestClient(server);

        Task<HttpResponseMessage> call = client.Http.GetAsync("1");

        Assert.True(call.IsCompletedSuccessfully); // this client's own back-off is zero
        using HttpResponseMessage response = await call;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_server_that_asks_for_no_delay_still_gets_the_own_back_off()
    {
        var server = Refusing(("Retry-After", "0"));
        using var client = new TestClient(server, options => options.BaseDelay = TimeSpan.FromMilliseconds(50), draw: AlmostOne);
        Task<HttpResponseMessage> call = client.Http.GetAsync("1");
        client.Time.Advance(TimeSpan.FromMilliseconds(49));
        Assert.False(call.IsCompleted);

        client.Time.Advance(TimeSpan.FromMilliseconds(1));

        using HttpResponseMessage response = await call;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_caller_that_cancels_during_the_wait_gets_its_cancellation_at_once_and_the_budget_its_retry_back()
    {
        var server = new ScriptedServer(
            _ => ScriptedServer.Answer(HttpStatusCode.ServiceUnavailable, ("Retry-After", "5")),
            _ => ScriptedServer.Answer(HttpStatusCode.ServiceUnavailable, ("Retry-After", "junk")),
            _ => ScriptedServer.Answer(HttpStatusCode.OK));
        using var client = new TestClient(server, options => options.RetryRatio = 0);
        using var cancellation = new CancellationTokenSource();
        Task<HttpResponseMessage> call = client.Http.GetAsync("1", cancellation.Token);

        await cancellation.CancelAsync();

        TaskCanceledException thrown = await Assert.ThrowsAsync<TaskCanceledException>(() => call);
        Assert.Equal(cancellation.Token, thrown.CancellationToken);
        Assert.IsNotType<TimeoutException>(thrown.InnerException);
        Assert.Single(server.Received);
        Assert.Equal(1, client.Ended("canceled"));
        Assert.Equal(0, client.Decided("sent"));

        using HttpResponseMessage response = await client.Http.GetAsync("1"); // the one retry of the floor is there again
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static ScriptedServer Refusing(params (string, string)[] headers) => new(
        _ => ScriptedServer.Answer(HttpStatusCode.ServiceUnavailable, headers),
        _ => ScriptedServer.Answer(HttpStatusCode.OK));
}
