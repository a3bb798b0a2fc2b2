using System.Globalization;
using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>A refused gRPC call is answered in the language of gRPC: 200, no body, and the status among the headers ("trailers-only").</summary>
public sealed class GrpcShedTests
{
    private readonly Turnstile _turnstile = new();

    [Theory]
    [InlineData(HttpProtocols.Http2, "application/grpc", "application/grpc")]
    [InlineData(HttpProtocols.Http2, "application/grpc+proto", "application/grpc")]
    [InlineData(HttpProtocols.Http2, "application/grpc+json", "application/grpc")]
    [InlineData(HttpProtocols.Http2, "application/grpc;charset=utf-8", "application/grpc")]
    [InlineData(HttpProtocols.Http2, "Application/GRPC", "application/grpc")]
    [InlineData(HttpProtocols.Http1, "application/grpc-web", "application/grpc-web")]
    [InlineData(HttpProtocols.Http2, "application/grpc-web", "application/grpc-web")]
    [InlineData(HttpProtocols.Http1, "application/grpc-web+proto", "application/grpc-web")]
    [InlineData(HttpProtocols.Http1, "application/grpc-web-text", "application/grpc-web-text")]
    [InlineData(HttpProtocols.Http2, "application/grpc-web-text", "application/grpc-web-text")]
    [InlineData(HttpProtocols.Http1, "application/grpc-web-text+proto", "application/grpc-web-text")]
    public async Task Status_and_message_stand_in_the_headers_and_nothing_follows(HttpProtocols sockets, string asked, string answered)
    {
        await using App app = await FullApp.StartAsync(_turnstile, sockets);

        using HttpResponseMessage answer = await GrpcCall.SendAsync(app, asked);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(answered, answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("14", answer.Header("grpc-status"));
        Assert.Contains("not executed", answer.Header("grpc-message"), StringComparison.Ordinal);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
        Assert.Empty(answer.TrailingHeaders);
    }

    [Fact]
    public async Task It_carries_the_headers_of_any_refusal()
    {
        await using App app = await FullApp.StartAsync(_turnstile, HttpProtocols.Http2);

        using HttpResponseMessage answer = await GrpcCall.SendAsync(app);

        Assert.Equal("reason=queue-full", answer.Header("Backpressure"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.InRange(answer.RetryAfter(), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(32));
        Assert.Equal(Math.Ceiling(answer.RetryAfter().TotalSeconds), int.Parse(answer.Header("Retry-After"), NumberStyles.None, CultureInfo.InvariantCulture));
        Assert.Equal("true", answer.Header("X-Should-Retry"));
    }

    [Theory]
    [InlineData("application/grpcfoo")]
    [InlineData("application/grpc-foo")]
    [InlineData("application/grpc-webfoo")]
    [InlineData("application/grpc-web-textfoo")]
    [InlineData("application/grp")]
    [InlineData("text/application/grpc")]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData("")]
    public async Task Every_other_content_is_refused_as_ever(string contentType)
    {
        await using App app = await FullApp.StartAsync(_turnstile, HttpProtocols.Http2);

        using HttpResponseMessage answer = await GrpcCall.SendAsync(app, contentType);

        Assert.Equal("queue-full", answer.Reason());
        Assert.Equal("queue-full", (await answer.ProblemAsync()).GetProperty("reason").GetString());
        Assert.DoesNotContain(answer.Headers, static header => header.Key.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase));
    }

    [Theory] // gRPC is a POST, and over HTTP/1.1 only gRPC-Web exists
    [InlineData(HttpProtocols.Http2, "GET")]
    [InlineData(HttpProtocols.Http1, "POST")]
    public async Task The_content_type_alone_makes_no_call(HttpProtocols sockets, string method)
    {
        await using App app = await FullApp.StartAsync(_turnstile, sockets);
        HttpRequestMessage request = new(new HttpMethod(method), "/")
        {
            Version = app.Client.DefaultRequestVersion,
            VersionPolicy = app.Client.DefaultVersionPolicy,
            Content = new ByteArrayContent([]) { Headers = { ContentType = new("application/grpc") } },
        };

        using HttpResponseMessage answer = await app.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("queue-full", answer.Reason());
        Assert.DoesNotContain(answer.Headers, static header => header.Key.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_status_code_and_the_body_of_the_options_are_not_for_gRPC()
    {
        await using App app = await FullApp.StartAsync(_turnstile, HttpProtocols.Http2, options =>
        {
            options.Shed.StatusCode = 429;
            options.Shed.Body = ShedBody.Empty;
        });

        using HttpResponseMessage answer = await GrpcCall.SendAsync(app);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("14", answer.Header("grpc-status"));
        Assert.Equal("application/grpc", answer.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task It_is_counted_as_refused_although_its_HTTP_status_is_200()
    {
        await using App app = await FullApp.StartAsync(_turnstile, HttpProtocols.Http2);
        using Readings<long> requests = new(app.Services, "backpressure.requests");
        using Readings<double> durations = new(app.Services, "http.server.request.duration", "Microsoft.AspNetCore.Hosting");

        using HttpResponseMessage answer = await GrpcCall.SendAsync(app);

        Assert.Equal("14", answer.Header("grpc-status"));
        Assert.Equal((1L, 1L), (requests.Sum("rejected_queue_full"), app.Policy().ShedByReason[ShedReason.QueueFull]));
        await Eventually.HoldsAsync(() => durations.All.Count == 1);
        Assert.Equal("rejected_queue_full", Assert.Single(durations.All).Tags["backpressure.result"]);
    }
}
