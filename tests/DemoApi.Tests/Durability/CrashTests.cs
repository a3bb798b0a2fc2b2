using Backpressure.AspNetCore;
using DemoApi.Tests.Hosting;
using DemoApi.Tests.Load;
using Xunit.Abstractions;

namespace DemoApi.Tests.Durability;

/// <summary>What a flood of writes leaves behind when the server ends in the middle of it.</summary>
[Collection(TimingSensitive.Name)]
public sealed class CrashTests : IDisposable
{
    private const double WritesPerSecond = 300;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30); // it ends when the server does, usually within a second

    private readonly ITestOutputHelper _output;
    private readonly TempFolder _folder = new();
    private readonly WriteFlood _writes = new();

    public CrashTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public async Task Acknowledged_writes_survive_kill_9_and_refused_ones_are_not_found()
    {
        LoadReport report = await FloodAsync(Signals.Kill, exitCode: 128 + Signals.Kill);

        await VerifyAfterRestartAsync(report);
    }

    [Fact]
    public async Task Acknowledged_writes_survive_a_stop_in_good_order_and_refused_ones_are_not_found()
    {
        LoadReport report = await FloodAsync(Signals.Terminate, exitCode: 0);

        await VerifyAfterRestartAsync(report);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<LoadReport> FloodAsync(int signal, int exitCode)
    {
        await using DemoProcess demo = await StartAsync();
        using OpenLoop loop = new(TimerFdTimeProvider.Shared);
        using EndInTheMiddle end = new(() => demo.Signal(signal));
        LoadReport report = await loop.RunAsync(_writes.PlanFor(demo.Address, WritesPerSecond, Longest) with { Ended = end.Note, Stop = end.ServerGone });
        _output.WriteLine(report.ToString());
        Assert.True(end.ServerGone.IsCancellationRequested, $"the server did not end in the middle: {report}\n{demo.Output.Text}\n{demo.Errors.Text}");

        int ended = await demo.WaitForExitAsync();

        Assert.True(ended == exitCode, $"exit code {ended}\n{demo.Output.Text}\n{demo.Errors.Text}");
        return report;
    }

    private async Task VerifyAfterRestartAsync(LoadReport report)
    {
        await using DemoProcess again = await StartAsync();
        await _writes.VerifyAsync(report, again.Client);
    }

    /// <summary>One write at a time and one in the queue, so that a fast disk, too, makes it refuse some.</summary>
    private Task<DemoProcess> StartAsync() => DemoProcess.StartAsync(new Dictionary<string, string?>
    {
        ["Storage__Path"] = _folder["kv.db"],
        ["Backpressure__Policies__writes__Limit__Maximum"] = "1",
        ["Backpressure__Policies__writes__Queue__Capacity"] = "1",
    });
}
