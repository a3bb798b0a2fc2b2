using System.Net;
using Xunit.Abstractions;

namespace DemoApi.Tests.Flood;

/// <summary>A flood over HTTP/2 in which many clients lose their patience.</summary>
public sealed class Http2AbortingClientsTests(Http2AbortingClientsTests.Trial trial, ITestOutputHelper output) : AbortingFloodFacts(trial.Outcome, output), IClassFixture<Http2AbortingClientsTests.Trial>
{
    public sealed class Trial : FloodFixture
    {
        private protected override FloodSetup Setup => AbortingFloodFacts.SetupFor(HttpVersion.Version20);
    }
}
