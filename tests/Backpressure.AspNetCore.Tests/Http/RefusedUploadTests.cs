using System.Net;
using System.Text.Json;
using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>Callers who are refused in the middle of a long upload can read why.</summary>
public sealed class RefusedUploadTests
{
    private const int Announced = 8 * 1024 * 1024;
    private const int Part = 64 * 1024;

    private static readonly byte[] Body = new byte[Announced];

    private readonly Turnstile _turnstile = new();

    [Fact]
    public async Task Who_stops_sending_and_reads_gets_the_whole_refusal()
    {
        await using App app = await FullApp.StartAsync(_turnstile, HttpProtocols.Http1);

        using RawRequest upload = await RawRequest.SendAsync(app.Client.BaseAddress!, "/", "PUT", $"Content-Length: {Announced}\r\n");
        await upload.SendMoreAsync(Body.AsMemory(0, Part));

        AssertRefused(await upload.ReadAnswerAsync());
    }

    [Fact]
    public async Task Who_sends_in_chunks_without_an_end_gets_the_whole_refusal()
    {
        await using App app = await FullApp.StartAsync(_turnstile, HttpProtocols.Http1);

        using RawRequest upload = await RawRequest.SendAsync(app.Client.BaseAddress!, "/", "PUT", "Transfer-Encoding: chunked\r\n");
        await upload.SendMoreAsync("10000\r\n"u8.ToArray());
        await upload.SendMoreAsync(Body.AsMemory(0, Part));

        AssertRefused(await upload.ReadAnswerAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("Connection: close\r\n")]
    public async Task Who_reads_only_after_the_last_byte_gets_the_whole_refusal_and_no_reset(string connection)
    {
        await using App app = await FullApp.StartAsync(_turnstile, HttpProtocols.Http1);

        using RawRequest upload = await RawRequest.SendAsync(app.Client.BaseAddress!, "/", "PUT", $"{connection}Content-Length: {Announced}\r\n");
        await upload.SendMoreAsync(Body);

        AssertRefused(await upload.ReadAnswerAsync());
    }

    [Fact]
    public async Task On_HTTP_2_who_still_sends_gets_the_whole_refusal()
    {
        await using App app = await FullApp.StartAsync(_turnstile, HttpProtocols.Http2);
        using Upload upload = new();

        Task<HttpResponseMessage> sending = SendAsync(app, upload);
        await RealTime.Within(Task.WhenAny(upload.Begun, sending)); // the refusal may be there before the first part
        using HttpResponseMessage answer = await sending;

        Assert.Equal("queue-full", answer.Reason());
        Assert.Equal("queue-full", (await answer.ProblemAsync()).GetProperty("reason").GetString());
        upload.GoOn();
    }

    [Fact]
    public async Task On_HTTP_2_who_sends_all_without_looking_gets_the_whole_refusal_and_the_connection_lives_on()
    {
        List<string> connections = [];
        await using App app = await FullApp.StartAsync(_turnstile, HttpProtocols.Http2, outside: outside => outside.Use(next => context =>
        {
            connections.Add(context.Connection.Id);
            return next(context);
        }));
        using Upload upload = new();
        upload.GoOn();

        using HttpResponseMessage answer = await SendAsync(app, upload);
        using HttpResponseMessage next = await app.GetAsync("/");

        Assert.Equal("queue-full", (await answer.ProblemAsync()).GetProperty("reason").GetString());
        Assert.Equal("queue-full", next.Reason());
        Assert.Single(connections.Distinct());
    }

    private static Task<HttpResponseMessage> SendAsync(App app, HttpContent content)
    {
        HttpRequestMessage request = new(HttpMethod.Put, "/") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = content };
        return app.Client.SendAsync(request);
    }

    private static void AssertRefused(string answer)
    {
        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nBackpressure: reason=queue-full\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: application/problem+json\r\n", answer, StringComparison.Ordinal);
        JsonElement problem = JsonElement.Parse(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        Assert.Equal("queue-full", problem.GetProperty("reason").GetString());
    }

    /// <summary>Sends a part, waits until it may go on, and sends the rest.</summary>
    private sealed class Upload : HttpContent
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Begun => _begun.Task;

        public void GoOn() => _goOn.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Body.AsMemory(0, Part));
            await stream.FlushAsync();
            _begun.SetResult();
            await _goOn.Task;
            await stream.WriteAsync(Body.AsMemory(Part));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = Announced;
            return true;
        }
    }
}
