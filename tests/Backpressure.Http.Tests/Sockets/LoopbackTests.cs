using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Backpressure.Http.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.Http.Tests.Sockets;

/// <summary>What the handlers do on real sockets and on the real clock.</summary>
public class LoopbackTests
{
    private static readonly string[] Ticket = ["Backpressure: reason=queue-full, load=1.2", "X-Should-Retry: true", "Retry-After: 9", "Retry-After-Ms: 20"];

    [Fact]
    public async Task Attempts_are_counted_and_the_time_left_shrinks_from_one_to_the_next()
    {
        await using var server = new LoopbackServer((_, number) => LoopbackServer.Response(number < 3 ? 503 : 200, "", "Retry-After-Ms: 20"));
        await using ServiceProvider services = Services(options => options.MinimumRetriesPerSecond = 10);

        using HttpResponseMessage response = await Client(services).GetAsync(server.Address);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([null, "1", "2"], server.Received.Select(sent => sent.Attempt));
        int[] left = [.. server.Received.Select(sent => int.Parse(sent.TimeoutMs!, CultureInfo.InvariantCulture))];
        Assert.True(left[0] <= 10_000 && left[1] <= left[0] - 20 && left[2] <= left[1] - 20, string.Join(", ", left));
    }

    [Fact]
    public async Task A_post_that_a_server_proves_not_executed_is_sent_again_whole_after_the_exact_delay()
    {
        await using var server = new LoopbackServer((_, number) => number == 1 ? LoopbackServer.Response(503, "shed", Ticket) : LoopbackServer.Response(201));
        await using ServiceProvider services = Services();

        using HttpResponseMessage response = await Client(services).PostAsync(server.Address, new StringContent("an order"));

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(["an order", "an order"], server.Received.Select(sent => sent.Body));
        Assert.InRange(server.Received[1].At - server.Received[0].At, TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(8.9));
    }

    [Fact]
    public async Task A_superseded_response_gives_its_connection_back_although_nobody_read_its_body()
    {
        string body = new('x', 200_000);
        await using var server = new LoopbackServer((_, number) => LoopbackServer.Response(number < 3 ? 503 : 200, body));
        await using ServiceProvider services = Services(
            options => options.MinimumRetriesPerSecond = 10,
            builder => builder.UseSocketsHttpHandler((handler, _) => handler.MaxConnectionsPerServer = 1));

        using HttpResponseMessage response = await Client(services).GetAsync(server.Address, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(body, await response.Content.ReadAsStringAsync());
        Assert.Equal(3, server.Received.Length);
    }

    [Theory] // H9
    [InlineData("GET", 2)]
    [InlineData("POST", 1)]
    public async Task A_connection_that_is_reset_is_retried_only_for_an_idempotent_method(string method, int expected)
    {
        await using var server = new LoopbackServer((_, _) => null);
        await using ServiceProvider services = Services(options => options.MaximumAttempts = 2);

        await Assert.ThrowsAsync<HttpRequestException>(
            () => Client(services).SendAsync(new HttpRequestMessage(new HttpMethod(method), server.Address)));

        Assert.Equal(expected, server.Received.Length);
    }

    [Fact]
    public async Task A_port_that_nobody_listens_on_fails_with_the_connection_error_after_the_retries()
    {
        var reserved = new TcpListener(IPAddress.Loopback, 0);
        reserved.Start();
        int port = ((IPEndPoint)reserved.LocalEndpoint).Port;
        reserved.Stop();
        await using ServiceProvider services = Services();

        HttpRequestException thrown = await Assert.ThrowsAsync<HttpRequestException>(() => Client(services).GetAsync($"http://127.0.0.1:{port}/"));

        Assert.Equal(HttpRequestError.ConnectionError, thrown.HttpRequestError);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_left_at_the_deadline()
    {
        await using var server = new LoopbackServer((_, _) => LoopbackServer.Silence);
        await using ServiceProvider services = Services(options => options.Timeout = TimeSpan.FromMilliseconds(200));
        long start = TimeProvider.System.GetTimestamp();

        TaskCanceledException thrown = await Assert.ThrowsAsync<TaskCanceledException>(() => Client(services).GetAsync(server.Address));

        Assert.IsType<TimeoutException>(thrown.InnerException);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.FromMilliseconds(190), TimeSpan.FromSeconds(20)); // the system's timers are a few ms coarse
    }

    [Fact] // H8
    public async Task A_hostile_delay_holds_nobody_up()
    {
        string[] hostile = ["99999999", "99999999999999999999999999", "-1", "Fri, 31 Dec 9999 23:59:59 GMT", "Sun, 99 Foo 0000 00:00:00 GMT", "1e9", "0x7fffffff", ";;,,"];
        await using var server = new LoopbackServer((_, number) => LoopbackServer.Response(503, "", $"Retry-After: {hostile[number % hostile.Length]}"));
        await using ServiceProvider services = Services(options => options.MaximumAttempts = 2);
        HttpClient client = Client(services);
        long start = TimeProvider.System.GetTimestamp();

        for (int i = 0; i < hostile.Length * 2; i++)
        {
            using HttpResponseMessage response = await client.GetAsync(server.Address);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }

        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(9)); // the deadline of a single call is 10 s
    }

    [Fact] // B24, R9
    public async Task Sixty_four_callers_of_a_server_that_always_fails_amplify_their_load_by_the_ratio_and_the_floor_only()
    {
        const int Callers = 64;
        const int Calls = 20;
        await using var server = new LoopbackServer((_, _) => LoopbackServer.Response(503));
        await using ServiceProvider services = Services(options => options.MinimumRetriesPerSecond = 0);
        HttpClient client = Client(services);

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            for (int i = 0; i < Calls; i++)
            {
                using HttpResponseMessage response = await client.GetAsync(server.Address);
            }
        }));

        int retries = server.Received.Count(sent => sent.Attempt is not null);
        Assert.Equal(Callers * Calls, server.Received.Length - retries);
        Assert.InRange(retries, (Callers * Calls / 10) - 5, Callers * Calls / 10);
    }

    [Fact]
    public async Task A_redirect_is_followed_beneath_and_is_no_retry()
    {
        await using var server = new LoopbackServer((_, number) => number == 1 ? LoopbackServer.Response(307, "", "Location: /elsewhere") : LoopbackServer.Response(200));
        await using ServiceProvider services = Services();

        using HttpResponseMessage response = await Client(services).GetAsync(server.Address);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.All(server.Received, sent => Assert.Null(sent.Attempt));
    }

    [Fact]
    public async Task A_client_with_its_own_headers_by_default_sends_each_of_ours_once()
    {
        await using var server = new LoopbackServer((_, number) => LoopbackServer.Response(number == 1 ? 503 : 200));
        await using ServiceProvider services = Services();
        HttpClient client = Client(services);
        client.DefaultRequestHeaders.Add("Retry-Attempt", "9");
        client.DefaultRequestHeaders.Add("Request-Timeout-Ms", "9");
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/plain"));

        using HttpResponseMessage response = await client.GetAsync(server.Address);

        Assert.Equal(["9", "10"], server.Received.Select(sent => sent.Attempt));
        Assert.All(server.Received, sent => Assert.NotEqual("9", sent.TimeoutMs));
    }

    private static ServiceProvider Services(Action<BackpressureHandlerOptions>? configure = null, Action<IHttpClientBuilder>? more = null)
    {
        var services = new ServiceCollection();
        IHttpClientBuilder builder = services.AddHttpClient("loopback").AddBackpressureHandler(options =>
        {
            options.Timeout = TimeSpan.FromSeconds(10);
            options.BaseDelay = TimeSpan.FromMilliseconds(1);
            configure?.Invoke(options);
        });
        more?.Invoke(builder);
        return services.BuildServiceProvider();
    }

    private static HttpClient Client(ServiceProvider services) => services.GetRequiredService<IHttpClientFactory>().CreateClient("loopback");
}
