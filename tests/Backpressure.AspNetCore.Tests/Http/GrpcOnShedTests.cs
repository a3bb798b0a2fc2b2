using System.Net;
using Backpressure.AspNetCore.Tests.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Tests.Http;

/// <summary><c>Shed.OnShed</c> of a gRPC call.</summary>
public sealed class GrpcOnShedTests
{
    private readonly Turnstile _turnstile = new();

    [Fact]
    public async Task It_is_told_once_who_refused_what_why_and_for_how_long()
    {
        List<(string Policy, ShedReason Reason, TimeSpan RetryAfter, int Status, string? ContentType)> told = [];
        await using App app = await FullApp.StartAsync(_turnstile, HttpProtocols.Http2, options => options.Shed.OnShed = shed =>
        {
            told.Add((shed.Policy, shed.Reason, shed.RetryAfter, shed.HttpContext.Response.StatusCode, shed.HttpContext.Request.ContentType));
            return ValueTask.CompletedTask;
        });

        using HttpResponseMessage answer = await GrpcCall.SendAsync(app, "application/grpc+proto");

        Assert.Equal("14", answer.Header("grpc-status"));
        Assert.Equal([("default", ShedReason.QueueFull, answer.RetryAfter(), 200, "application/grpc+proto")], told);
    }

    [Theory] // C8
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_it_throws_is_logged_and_changes_nothing(bool asynchronously)
    {
        await using App app = await FullApp.StartAsync(_turnstile, HttpProtocols.Http2, options => options.Shed.OnShed = async _ =>
        {
            if (asynchronously)
            {
                await Task.Yield();
            }

            throw new FormatException("a stranger's bug");
        });

        using HttpResponseMessage answer = await GrpcCall.SendAsync(app);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/grpc", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("14", answer.Header("grpc-status"));
        Assert.Equal("reason=queue-full", answer.Header("Backpressure"));
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
        Assert.IsType<FormatException>(Assert.Single(app.Logs, static log => log.Level == LogLevel.Error).Exception);
    }

    [Fact]
    public async Task It_may_add_a_header()
    {
        await using App app = await FullApp.StartAsync(_turnstile, HttpProtocols.Http2, static options => options.Shed.OnShed = static shed =>
        {
            shed.HttpContext.Response.Headers["X-Own"] = "yes";
            return ValueTask.CompletedTask;
        });

        using HttpResponseMessage answer = await GrpcCall.SendAsync(app);

        Assert.Equal("yes", answer.Header("X-Own"));
        Assert.Equal("14", answer.Header("grpc-status"));
    }
}
