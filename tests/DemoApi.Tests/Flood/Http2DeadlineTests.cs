using System.Net;
using Xunit.Abstractions;

namespace DemoApi.Tests.Flood;

/// <summary>A flood over HTTP/2 of a handler that is slower than its deadline.</summary>
public sealed class Http2DeadlineTests(Http2DeadlineTests.Trial trial, ITestOutputHelper output) : DeadlineFloodFacts(trial.Outcome, output), IClassFixture<Http2DeadlineTests.Trial>
{
    public sealed class Trial : FloodFixture
    {
        private protected override FloodSetup Setup => DeadlineFloodFacts.SetupFor(HttpVersion.Version20);
    }
}
