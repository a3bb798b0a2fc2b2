using System.Globalization;
using DemoApi.Tests.Clients;
using DemoApi.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace DemoApi.Tests.Tools;

/// <summary>What <c>curl --retry</c> makes of a server that refuses.</summary>
public sealed class CurlTests
{
    [ToolTheory("curl")]
    [InlineData(false, "")]
    [InlineData(true, "an order")] // which it does not ask anybody about
    public async Task It_comes_back_as_often_as_it_was_told_and_never_before_Retry_After(bool posts, string body)
    {
        await using FullServer server = await FullServer.StartAsync();

        string status = await CurlAsync([.. Retry(2), .. posts ? ["--data", body] : Array.Empty<string>(), $"{server.Address}"]);

        Assert.Equal("503", status);
        Visit[] visits = server.Visits;
        Assert.Equal([body, body, body], visits.Select(visit => visit.Body));
        Assert.All(visits, visit => Assert.Null(visit.Attempt));
        Assert.All(visits.Zip(visits.Skip(1)), pair => Assert.True(pair.Second.CameAt - pair.First.CameAt >= pair.First.RetryAfter, "it came early"));
    }

    [ToolFact("curl")]
    public async Task It_gets_through_once_there_is_room()
    {
        await using FullServer server = await FullServer.StartAsync();

        Task<string> curl = CurlAsync([.. Retry(5), $"{server.Address}"]);
        await server.VisitedAsync();
        await server.MakeRoomAsync();

        Assert.Equal("200", await curl);
        Assert.Equal(2, server.Visits.Length);
    }

    [ToolFact("curl")]
    public async Task It_gives_up_where_Retry_After_lies_beyond_the_time_it_may_take()
    {
        await using VisitedServer server = await RefusingAsync(retryAfterSeconds: 60);

        Assert.Equal("503", await CurlAsync([.. Retry(5), "--retry-max-time", "5", $"{server.Address}"]));
        Assert.Single(server.Visits);
    }

    [ToolFact("curl")]
    public async Task It_does_not_know_X_Should_Retry()
    {
        await using VisitedServer server = await RefusingAsync(retryAfterSeconds: 1);

        Assert.Equal("503", await CurlAsync([.. Retry(1), $"{server.Address}"]));
        Assert.Equal(2, server.Visits.Length);
    }

    [ToolFact("curl")]
    public async Task Without_being_told_it_does_not_come_back()
    {
        await using FullServer server = await FullServer.StartAsync();

        Assert.Equal("503", await CurlAsync([$"{server.Address}"]));
        Assert.Single(server.Visits);
    }

    [ToolFact("curl")]
    public async Task It_cannot_come_back_where_its_output_cannot_be_cut_off()
    {
        await using FullServer server = await FullServer.StartAsync();

        (int exitCode, _) = await Tool.RunAsync("curl", ["--noproxy", "*", "--silent", "--output", "/dev/null", .. Retry(5), $"{server.Address}"]);

        Assert.Equal(23, exitCode); // it would throw away what the first try wrote
        Assert.Single(server.Visits);
    }

    private static Task<VisitedServer> RefusingAsync(int retryAfterSeconds) => VisitedServer.PlainAsync((context, _) =>
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = retryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["X-Should-Retry"] = "false";
        return Task.CompletedTask;
    });

    private static string[] Retry(int times) => ["--retry", times.ToString(CultureInfo.InvariantCulture)];

    /// <returns>The status of the last answer.</returns>
    private static async Task<string> CurlAsync(string[] arguments)
    {
        using TempFolder folder = new();
        (int exitCode, string output) = await Tool.RunAsync("curl", ["--noproxy", "*", "--silent", "--output", folder["body"], "--write-out", "%{http_code}", .. arguments]);
        Assert.Equal(0, exitCode);
        return output;
    }
}
