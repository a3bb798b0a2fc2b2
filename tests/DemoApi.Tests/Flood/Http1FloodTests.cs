using System.Net;
using Xunit.Abstractions;

namespace DemoApi.Tests.Flood;

/// <summary>Ten times the capacity over HTTP/1.1.</summary>
public sealed class Http1FloodTests(Http1FloodTests.Trial trial, ITestOutputHelper output) : OverloadFacts(trial.Outcome, output), IClassFixture<Http1FloodTests.Trial>
{
    public sealed class Trial : FloodFixture
    {
        private protected override FloodSetup Setup => new() { Version = HttpVersion.Version11, MeasuresCapacity = true };
    }
}
