using System.Net;
using Xunit.Abstractions;

namespace DemoApi.Tests.Flood;

/// <summary>A flood over HTTP/1.1 of a handler that is slower than its deadline.</summary>
public sealed class Http1DeadlineTests(Http1DeadlineTests.Trial trial, ITestOutputHelper output) : DeadlineFloodFacts(trial.Outcome, output), IClassFixture<Http1DeadlineTests.Trial>
{
    public sealed class Trial : FloodFixture
    {
        private protected override FloodSetup Setup => DeadlineFloodFacts.SetupFor(HttpVersion.Version11);
    }
}
