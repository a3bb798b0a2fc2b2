using DemoApi.Tests.Load;
using Xunit.Abstractions;

namespace DemoApi.Tests.Flood;

/// <summary>The negative control: the same flood on the same service, with and without the middleware.</summary>
[Collection(TimingSensitive.Name)]
public sealed class CollapseTests
{
    /// <summary>What a user accepts to wait.</summary>
    private static readonly TimeSpan Useful = TimeSpan.FromMilliseconds(250);

    private readonly ITestOutputHelper _output;

    private static readonly TimeSpan Bearable = TimeSpan.FromMilliseconds(100); // lateness of the generator beside a service that collapses, where next to nothing is served within a quarter of a second

    public CollapseTests(ITestOutputHelper output) => _output = output;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    public async Task Flood_collapses_the_service_without_the_middleware_and_not_with_it(int major, int minor) // R1
    {
        FloodSetup setup = new()
        {
            Version = new Version(major, minor),
            QueueCapacity = 4, // a wait of one service time
            Duration = TimeSpan.FromSeconds(2),
            MeasuresCapacity = true,
            Patience = static _ => TimeSpan.FromSeconds(2.5), // longer than the flood: aborting is dear, and the generator must keep its schedule
        };

        (double with, double capacity) = await UsefulGoodputAsync(setup);
        (double without, _) = await UsefulGoodputAsync(setup with { IsProtected = false, MeasuresCapacity = false });

        Assert.True(with >= 0.9 * capacity, $"With the middleware {with:F1}/s were served in time, of {capacity:F1}/s.");
        Assert.True(without < 0.2 * with, $"Without the middleware {without:F1}/s were served in time, with it {with:F1}/s: the flood proves nothing.");
    }

    private async Task<(double PerSecond, double CapacityPerSecond)> UsefulGoodputAsync(FloodSetup setup)
    {
        (LoadReport report, double capacity) = await ValidRun.OfAsync(() => FloodTrial.RunBlindAsync(setup), run => run.Report, setup.IsProtected ? null : Bearable);
        double goodput = report.GoodputPerSecond(TimeSpan.FromSeconds(0.5), setup.Duration, Useful);
        _output.WriteLine($"{(setup.IsProtected ? "with" : "without")} the middleware: {goodput:F1}/s within {Useful.TotalMilliseconds:F0} ms, capacity {capacity:F1}/s; {report}");
        return (goodput, capacity);
    }
}
