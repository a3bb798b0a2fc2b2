using System.Net;
using Xunit.Abstractions;

namespace DemoApi.Tests.Flood;

/// <summary>A flood over HTTP/1.1 with the framework's own limiter as the gate.</summary>
public sealed class Http1PluggedLimiterTests(Http1PluggedLimiterTests.Trial trial, ITestOutputHelper output) : PluggedFloodFacts(trial.Outcome, output), IClassFixture<Http1PluggedLimiterTests.Trial>
{
    public sealed class Trial : FloodFixture
    {
        private protected override FloodSetup Setup => PluggedFloodFacts.SetupFor(HttpVersion.Version11);
    }
}
