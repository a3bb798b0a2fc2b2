using System.Net;
using System.Threading.RateLimiting;
using Backpressure.AspNetCore;

namespace DemoApi.Tests.Flood;

/// <summary>What service is flooded, and how.</summary>
internal sealed record FloodSetup
{
    public Version Version { get; init; } = HttpVersion.Version11;

    /// <summary>The limit of the gate, and the slots of the service behind it.</summary>
    public int Permits { get; init; } = 4;

    public int QueueCapacity { get; init; } = 16;

    public TimeSpan ServiceTime { get; init; } = TimeSpan.FromMilliseconds(80);

    public TimeSpan MaximumWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Who of those that wait runs next.</summary>
    public QueueOrder Order { get; init; }

    /// <summary>One deadline for the wait and the handler.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether the handler stops when its token says so.</summary>
    public bool HonoursToken { get; init; }

    /// <summary>Whether the middleware is there at all.</summary>
    public bool IsProtected { get; init; } = true;

    /// <summary>Whether the package is left to its default options, so that the limit has to find the slots of the service by itself.</summary>
    public bool IsAdaptive { get; init; }

    /// <summary>A limiter of the application in the place of gate and queue.</summary>
    public Func<FloodSetup, RateLimiter>? Limiter { get; init; }

    /// <summary>The offered load as a multiple of the capacity that permits and service time promise.</summary>
    public double Overload { get; init; } = 10;

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether to measure what the service can do just before and just after.</summary>
    public bool MeasuresCapacity { get; init; }

    /// <summary>How long the client of a request, by its number, waits before it aborts.</summary>
    public Func<int, TimeSpan> Patience { get; init; } = static _ => TimeSpan.FromSeconds(20);

    /// <summary>How many earlier tries a request, by its number, claims; 0 claims nothing.</summary>
    public Func<int, int> EarlierTries { get; init; } = static _ => 0;

    /// <summary>Requests per second that the permits could serve if nothing but the service time cost anything.</summary>
    public double NominalCapacityPerSecond => Permits / ServiceTime.TotalSeconds;
}
