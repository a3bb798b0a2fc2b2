using System.Net;
using Backpressure.Http.Tests.Fakes;

namespace Backpressure.Http.Tests.Client;

/// <summary>What the client makes of the share of retries that a server says it accepts.</summary>
public class AdvertisedRatioTests
{
    [Theory]
    [InlineData("retry=0.1", 10)]
    [InlineData("load=1.5, retry=0.1", 10)]
    [InlineData("retry=0", 0)]
    [InlineData("retry=1", 50)] // never more than the own one
    [InlineData("retry=0.1, retry=7", 50)] // out of range: nothing said
    [InlineData("retry=0.1;;", 50)] // junk
    [InlineData("load=2", 50)]
    public async Task Of_a_hundred_first_attempts_no_more_are_retried_than_the_server_accepts(string said, int expected)
    {
        var server = new ScriptedServer(_ => ScriptedServer.Answer(HttpStatusCode.BadGateway, ("Backpressure", said)));
        using TestClient client = Client(server);

        await CallAsync(client, 100);

        Assert.Equal(expected, client.Decided("sent"));
    }

    [Fact]
    public async Task It_is_heard_on_a_success_too_and_forgotten_after_ten_seconds()
    {
        var server = new ScriptedServer(
            _ => ScriptedServer.Answer(HttpStatusCode.OK, ("Backpressure", "retry=0")),
            _ => ScriptedServer.Answer(HttpStatusCode.BadGateway));
        using TestClient client = Client(server);
        await CallAsync(client, 50);
        Assert.Equal(0, client.Decided("sent"));

        client.Time.Advance(TimeSpan.FromSeconds(9.999));
        await CallAsync(client, 1);
        Assert.Equal(0, client.Decided("sent"));

        client.Time.Advance(TimeSpan.FromMilliseconds(1));
        await CallAsync(client, 10);
        Assert.True(client.Decided("sent") >= 5);
    }

    private static TestClient Client(ScriptedServer server) => new(server, options =>
    {
        options.MaximumAttempts = 2;
        options.RetryRatio = 0.5;
        options.MinimumRetriesPerSecond = 0;
    });

    private static async Task CallAsync(TestClient client, int times)
    {
        for (int i = 0; i < times; i++)
        {
            using HttpResponseMessage response = await client.Http.GetAsync("1");
        }
    }
}
