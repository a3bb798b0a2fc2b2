using System.Net;
using System.Net.Http.Json;
using System.Text;
using Backpressure.Http.Tests.Fakes;

namespace Backpressure.Http.Tests.Client;

public class RetryRulesTests
{
    private static readonly (string, string)[] Ticket = [("Backpressure", "reason=queue-full"), ("X-Should-Retry", "true")];

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    [InlineData("TRACE")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task An_idempotent_method_is_retried(string method)
    {
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK);
        using var client = new TestClient(server);

        using HttpResponseMessage response = await client.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), "1"));

        Assert.Equal([method, method], server.Received.Select(sent => sent.Method));
    }

    [Theory] // H9
    [InlineData("POST", null, null)]
    [InlineData("PATCH", null, null)]
    [InlineData("PURGE", null, null)]
    [InlineData("POST", "reason=queue-full", null)]
    [InlineData("POST", null, "true")]
    [InlineData("POST", "retry=0.1", "true")]
    [InlineData("POST", "reason=\"queue-full\"", "true")]
    [InlineData("POST", "reason=queue-full", "yes")]
    public async Task Another_method_is_not_retried_unless_the_503_carries_both_headers(string method, string? backpressure, string? shouldRetry)
    {
        (string, string)[] headers = [("Backpressure", backpressure!), ("X-Should-Retry", shouldRetry!)];
        var server = new ScriptedServer(_ => ScriptedServer.Answer(HttpStatusCode.ServiceUnavailable, [.. headers.Where(h => h.Item2 is not null)]));
        using var client = new TestClient(server);

        using HttpResponseMessage response = await client.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), "1"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Single(server.Received);
        Assert.Equal(1, client.Decided("not_replayable"));
        Assert.Equal(1, client.Ended("failure"));
    }

    [Fact]
    public async Task A_ticket_on_two_header_lines_is_junk_and_counts_as_absent()
    {
        var server = new ScriptedServer(_ => ScriptedServer.Answer(HttpStatusCode.ServiceUnavailable, [.. Ticket, ("X-Should-Retry", "true")]));
        using var client = new TestClient(server);

        using HttpResponseMessage response = await client.Http.PostAsync("1", content: null);

        Assert.Single(server.Received);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PATCH")]
    public async Task Any_method_is_retried_on_a_503_that_carries_both_headers(string method)
    {
        var server = new ScriptedServer(
            _ => ScriptedServer.Answer(HttpStatusCode.ServiceUnavailable, Ticket),
            _ => ScriptedServer.Answer(HttpStatusCode.Created));
        using var client = new TestClient(server);

        using HttpResponseMessage response = await client.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), "1") { Content = new StringContent("body") });

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(["body", "body"], server.Received.Select(sent => sent.Body));
    }

    [Theory] // H9: a 504 may have been executed
    [InlineData(HttpStatusCode.GatewayTimeout)]
    [InlineData(HttpStatusCode.BadGateway)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    public async Task Both_headers_prove_nothing_on_another_status(HttpStatusCode status)
    {
        var server = new ScriptedServer(_ => ScriptedServer.Answer(status, Ticket));
        using var client = new TestClient(server);

        using HttpResponseMessage response = await client.Http.PostAsync("1", content: null);

        Assert.Single(server.Received);
    }

    public static TheoryData<string> ReplayableContents => ["bytes", "text", "form", "memory", "json", "multipart"];

    [Theory]
    [MemberData(nameof(ReplayableContents))]
    public async Task A_body_that_lies_in_memory_is_sent_again_whole(string kind)
    {
        HttpContent content = kind switch
        {
            "bytes" => new ByteArrayContent("{}"u8.ToArray()),
            "text" => new StringContent("{}", Encoding.UTF8),
            "form" => new FormUrlEncodedContent([new("a", "b")]),
            "multipart" => new MultipartFormDataContent { { new StringContent("a"), "one" }, { new ByteArrayContent("b"u8.ToArray()), "two" } },
            "memory" => new ReadOnlyMemoryContent("{}"u8.ToArray()),
            _ => JsonContent.Create(1),
        };
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable, HttpStatusCode.NoContent);
        using var client = new TestClient(server);

        using HttpResponseMessage response = await client.Http.PutAsync("1", content);

        Assert.Equal(2, server.Received.Length);
        Assert.NotEmpty(server.Received[0].Body!);
        Assert.Equal(server.Received[0].Body, server.Received[1].Body);
    }

    [Fact] // H8
    public async Task A_stream_is_never_sent_twice_not_even_with_a_ticket()
    {
        var server = new ScriptedServer(_ => ScriptedServer.Answer(HttpStatusCode.ServiceUnavailable, Ticket));
        using var client = new TestClient(server);

        using HttpResponseMessage response = await client.Http.PutAsync("1", new StreamContent(new MemoryStream("body"u8.ToArray())));

        Assert.Single(server.Received);
        Assert.Equal(1, client.Decided("not_replayable"));
    }

    [Fact] // H8
    public async Task A_multipart_body_with_a_stream_in_it_is_never_sent_twice()
    {
        var server = ScriptedServer.Answering(HttpStatusCode.ServiceUnavailable);
        using var client = new TestClient(server);
        var parts = new MultipartFormDataContent { { new StringContent("a"), "one" }, { new StreamContent(new MemoryStream("b"u8.ToArray())), "two" } };

        using HttpResponseMessage response = await client.Http.PutAsync("1", parts);

        SentRequest sent = Assert.Single(server.Received);
        Assert.DoesNotContain("Content-Length", sent.Body, StringComparison.OrdinalIgnoreCase); // to look at a part does not change it
    }

    [Fact] // H8
    public async Task A_stream_is_never_sent_twice_after_a_connection_failure()
    {
        var server = new ScriptedServer(_ => throw new HttpRequestException(HttpRequestError.ResponseEnded));
        using var client = new TestClient(server);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.Http.PutAsync("1", new StreamContent(new MemoryStream("body"u8.ToArray()))));

        Assert.Single(server.Received);
    }

    [Fact] // H9
    public async Task A_post_whose_connection_failed_is_not_sent_again()
    {
        var server = new ScriptedServer(_ => throw new HttpRequestException(HttpRequestError.ResponseEnded));
        using var client = new TestClient(server);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.Http.PostAsync("1", content: null));

        Assert.Single(server.Received);
        Assert.Equal(1, client.Decided("not_replayable"));
    }
}
