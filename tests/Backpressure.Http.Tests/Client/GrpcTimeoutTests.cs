using System.Net;
using System.Net.Http.Headers;
using Backpressure.Http.Client;
using Backpressure.Http.Protocol;
using Backpressure.Http.Tests.Fakes;
using CsCheck;

namespace Backpressure.Http.Tests.Client;

public class GrpcTimeoutTests
{
    [Theory]
    [InlineData(null, "3000000u")]
    [InlineData("250m", "250m")] // less than there is: what is there stays
    [InlineData("3S", "3S")]
    [InlineData("0n", "0n")]
    [InlineData("1H", "3000000u")]
    [InlineData("3001m", "3000000u")]
    [InlineData("junk", "3000000u")]
    [InlineData("1", "3000000u")]
    [InlineData("-1S", "3000000u")]
    public async Task A_call_states_what_is_left_unless_it_states_less(string? stated, string expected)
    {
        var server = ScriptedServer.Answering(HttpStatusCode.OK);
        using var client = new TestClient(server, options => options.Timeout = TimeSpan.FromSeconds(3));

        using HttpResponseMessage response = await client.Http.SendAsync(Call(stated));

        Assert.Equal(expected, Assert.Single(server.Received).GrpcTimeout);
    }

    [Fact]
    public async Task What_stands_on_two_lines_is_replaced_by_one()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.OK);
        using var client = new TestClient(server);
        HttpRequestMessage call = Call("1S");
        call.Headers.Add("grpc-timeout", "1S");

        using HttpResponseMessage response = await client.Http.SendAsync(call);

        Assert.Equal("100000m", Assert.Single(server.Received).GrpcTimeout);
    }

    [Theory]
    [InlineData(null, "3000000u", "1750000u")]
    [InlineData("2S", "2S", "750000u")]
    [InlineData("2000m", "2000m", "750000u")]
    [InlineData("1S", "1S", "100n")] // over: the least that can be said
    public async Task Each_attempt_states_the_time_that_is_left_for_it(string? stated, string first, string second)
    {
        var server = new ScriptedServer(
            _ => ScriptedServer.Answer(HttpStatusCode.ServiceUnavailable, ("Backpressure", "reason=queue-full"), ("X-Should-Retry", "true"), ("Retry-After-Ms", "1250")),
            _ => ScriptedServer.Answer(HttpStatusCode.OK));
        using var client = new TestClient(server, options => options.Timeout = TimeSpan.FromSeconds(3));
        Task<HttpResponseMessage> call = client.Http.SendAsync(Call(stated));

        client.Time.Advance(TimeSpan.FromMilliseconds(1250));
        using HttpResponseMessage response = await call;

        Assert.Equal([first, second], server.Received.Select(sent => sent.GrpcTimeout));
    }

    [Fact]
    public async Task The_deadline_that_a_call_states_itself_is_kept_by_whoever_stated_it()
    {
        var server = new StalledServer();
        using var client = new TestClient(server, options => options.Timeout = TimeSpan.FromSeconds(3));
        Task<HttpResponseMessage> call = client.Http.SendAsync(Call("1S"));
        await server.Asked;

        client.Time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(call.IsCompleted);

        client.Time.Advance(TimeSpan.FromSeconds(0.1));
        await Assert.ThrowsAsync<TaskCanceledException>(() => call);
    }

    [Fact]
    public async Task Any_other_request_keeps_the_header_as_it_is()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.OK);
        using var client = new TestClient(server, options => options.Timeout = TimeSpan.FromSeconds(3));
        HttpRequestMessage request = Call("1H");
        request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        using HttpResponseMessage response = await client.Http.SendAsync(request);

        SentRequest sent = Assert.Single(server.Received);
        Assert.Equal("1H", sent.GrpcTimeout);
        Assert.Equal("3000", sent.TimeoutMs);
    }

    [Fact] // H5
    public void Nothing_that_stands_there_is_ever_lengthened() => Gen.Select(
        Gen.String[Gen.Char["0123456789HMSmun ,"], 0, 10],
        Gen.Long[1, TimeSpan.TicksPerDay]).Sample(
        static (stated, ticks) =>
        {
            bool isTime = GrpcTimeoutHeader.TryParse(stated, out TimeSpan before);
            bool parsed = GrpcTimeoutHeader.TryParse(GrpcTimeout.Of(Call(stated), new TimeSpan(ticks)), out TimeSpan after);
            return parsed && after.Ticks <= ticks && (!isTime || after <= before);
        },
        iter: 20_000);

    private static HttpRequestMessage Call(string? stated)
    {
        HttpRequestMessage call = new(HttpMethod.Post, "http://orders.test/shop.Orders/Place") { Content = new ByteArrayContent([0, 0, 0, 0, 0]) };
        call.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        if (stated is not null)
        {
            call.Headers.TryAddWithoutValidation("grpc-timeout", stated);
        }

        return call;
    }
}
