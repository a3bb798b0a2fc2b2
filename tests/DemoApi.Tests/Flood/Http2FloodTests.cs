using System.Net;
using Xunit.Abstractions;

namespace DemoApi.Tests.Flood;

/// <summary>Ten times the capacity over HTTP/2.</summary>
public sealed class Http2FloodTests(Http2FloodTests.Trial trial, ITestOutputHelper output) : OverloadFacts(trial.Outcome, output), IClassFixture<Http2FloodTests.Trial>
{
    public sealed class Trial : FloodFixture
    {
        private protected override FloodSetup Setup => new() { Version = HttpVersion.Version20, MeasuresCapacity = true };
    }
}
