using System.Net;
using Xunit.Abstractions;

namespace DemoApi.Tests.Flood;

/// <summary>A flood over HTTP/1.1 in which many clients lose their patience.</summary>
public sealed class Http1AbortingClientsTests(Http1AbortingClientsTests.Trial trial, ITestOutputHelper output) : AbortingFloodFacts(trial.Outcome, output), IClassFixture<Http1AbortingClientsTests.Trial>
{
    public sealed class Trial : FloodFixture
    {
        private protected override FloodSetup Setup => AbortingFloodFacts.SetupFor(HttpVersion.Version11);
    }
}
