using System.Net;

namespace DemoApi.Tests.Clients;

/// <summary>A client of ours in front of our server when that is full.</summary>
public sealed class OurPairTests
{
    [Fact] // H9: nothing but both headers proves that it was not executed
    public async Task A_post_with_a_ticket_is_sent_again_whole_and_not_before_it_is_due()
    {
        await using FullServer server = await FullServer.StartAsync(options => options.Shed.MaximumRetryAfter = TimeSpan.FromSeconds(1));
        await using FactoryClient client = FactoryClient.With(static _ => { });

        Task<HttpResponseMessage> call = client.Http.PostAsync(server.Address, new StringContent("an order"));
        await server.VisitedAsync();
        await server.MakeRoomAsync();
        using HttpResponseMessage response = await call;

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["an order", "an order"], server.Visits.Select(visit => visit.Body));
        Assert.Equal([null, "1"], server.Visits.Select(visit => visit.Attempt));
        Assert.True(server.Visits[1].CameAt - server.Visits[0].CameAt >= server.Visits[0].RetryAfter, "it came early");
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task Without_a_ticket_nothing_is_sent_again(string method)
    {
        await using FullServer server = await FullServer.StartAsync(options => options.RetryBudget.Ratio = options.RetryBudget.MinimumPerSecond = 0);
        await using FactoryClient client = FactoryClient.With(static _ => { });

        using HttpResponseMessage response = await client.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), server.Address));

        Assert.Equal("false", Assert.Single(response.Headers.GetValues("X-Should-Retry")));
        Assert.Single(server.Visits);
    }
}
