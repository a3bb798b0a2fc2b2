using System.Net;
using Xunit.Abstractions;

namespace DemoApi.Tests.Flood;

/// <summary>A flood over HTTP/2 with the framework's own limiter as the gate.</summary>
public sealed class Http2PluggedLimiterTests(Http2PluggedLimiterTests.Trial trial, ITestOutputHelper output) : PluggedFloodFacts(trial.Outcome, output), IClassFixture<Http2PluggedLimiterTests.Trial>
{
    public sealed class Trial : FloodFixture
    {
        private protected override FloodSetup Setup => PluggedFloodFacts.SetupFor(HttpVersion.Version20);
    }
}
