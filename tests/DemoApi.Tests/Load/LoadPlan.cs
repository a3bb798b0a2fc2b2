using System.Net;

namespace DemoApi.Tests.Load;

/// <summary>What an open loop shall send, how fast and for how long.</summary>
internal sealed record LoadPlan
{
    public required Uri Target { get; init; }

    public required double PerSecond { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>Makes the schedule repeatable.</summary>
    public required int Seed { get; init; }

    /// <summary>HTTP/1.1, or HTTP/2 by prior knowledge.</summary>
    public Version Version { get; init; } = HttpVersion.Version11;

    /// <summary>How long the client of a request, by its number, waits before it aborts.</summary>
    public Func<int, TimeSpan> Patience { get; init; } = static _ => TimeSpan.FromSeconds(20);

    /// <summary>Makes the request of a number, when it is not a plain GET of <see cref="Target"/>.</summary>
    public Func<int, HttpRequestMessage>? Request { get; init; }

    /// <summary>Ends the load before <see cref="Duration"/> is over: what is not yet sent then is no longer due.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>Is told of each request as soon as it is known what became of it; on any thread, several at once.</summary>
    public Action<Exchange>? Ended { get; init; }
}
