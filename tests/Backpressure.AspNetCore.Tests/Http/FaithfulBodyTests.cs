using System.IO.Pipelines;
using Backpressure.AspNetCore.Http;
using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Tests.Timeouts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary>What stands in front of the body of an answer lets handlers do whatever the server's own body does.</summary>
public sealed class FaithfulBodyTests
{
    private static readonly byte[] Bytes = [1, 2, 3];

    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 2, resumeWriterThreshold: 1));
    private readonly FlushLog _log = new(new FakeTimeProvider());

    [Fact] // a pooled source throws at whoever waits so, and ends the process when the write does
    public async Task A_handler_may_block_on_a_write_to_the_stream()
    {
        Task blocked = BlockedOn(new ProgressStream(_pipe.Writer.AsStream(), _log).WriteAsync(Bytes));

        await ReadAllAsync();

        await RealTime.Within(blocked);
    }

    [Fact]
    public async Task A_handler_may_block_on_a_flush_of_the_writer()
    {
        Task blocked = BlockedOn(new ProgressWriter(_pipe.Writer, _log).WriteAsync(Bytes));

        await ReadAllAsync();

        await RealTime.Within(blocked);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_handler_may_write_with_begin_and_end(HttpProtocols protocol)
    {
        await using App app = await App.StartAsync(Setup(protocol, static context =>
            Task.Factory.FromAsync(context.Response.Body.BeginWrite, context.Response.Body.EndWrite, "whole"u8.ToArray(), 0, 5, null)));

        Assert.Equal("whole", await app.Client.GetStringAsync("/"));
    }

    [Fact]
    public async Task A_handler_that_goes_on_after_it_has_completed_the_writer_is_left_alone()
    {
        Turnstile turnstile = new();
        CancellationToken aborted = default;
        await using App app = await App.StartAsync(Setup(HttpProtocols.Http1, async context =>
        {
            aborted = context.RequestAborted;
            await context.Response.WriteAsync("whole");
            await context.Response.BodyWriter.CompleteAsync();
            await turnstile.PassAsync();
        }));
        Task<string> answer = app.Client.GetStringAsync("/");
        await turnstile.ArrivalAsync();

        app.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal("whole", await answer);
        Assert.False(aborted.IsCancellationRequested);
        turnstile.Open();
        await app.IsIdleAsync();
    }

    private static AppSetup Setup(HttpProtocols protocol, RequestDelegate handler) => new() { Sockets = protocol, Endpoints = endpoints => endpoints.MapGet("/", handler) };

    private static Task BlockedOn(ValueTask write)
    {
        Assert.False(write.IsCompleted);
        return Task.Run(() => write.GetAwaiter().GetResult());
    }

    private static Task<FlushResult> BlockedOn(ValueTask<FlushResult> flush)
    {
        Assert.False(flush.IsCompleted);
        return Task.Run(() => flush.GetAwaiter().GetResult());
    }

    private async Task ReadAllAsync()
    {
        ReadResult read = await _pipe.Reader.ReadAsync();
        _pipe.Reader.AdvanceTo(read.Buffer.End);
    }
}
