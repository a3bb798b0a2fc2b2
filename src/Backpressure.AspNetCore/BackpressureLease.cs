using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore;

/// <summary>Permits of a <see cref="BackpressureLimiter"/>, or its refusal; dispose it when the work is done. Disposing twice, or from two threads, gives back once.</summary>
public sealed class BackpressureLease : RateLimitLease
{
    private static readonly string[] Names = [MetadataName.ReasonPhrase.Name];
    private static readonly BackpressureLease QueueFull = new("Queue limit reached"); // what the framework's limiters say, too: callers may compare it
    private static readonly BackpressureLease Displaced = new("A newer acquire took the place in the queue");
    private static readonly BackpressureLease Disposed = new("The limiter was disposed");

    private readonly long _since;
    private readonly int _permits;
    private object? _source; // of a refusal its reason; else the limiter, until the permits are given back

    /// <param name="limiter">Whose permits they are.</param>
    /// <param name="permits">How many.</param>
    /// <param name="since">When they were granted, on the limiter's clock.</param>
    internal BackpressureLease(BackpressureLimiter limiter, int permits, TimeSpan since)
    {
        _source = limiter;
        _permits = permits;
        _since = since.Ticks;
        IsAcquired = true;
    }

    private BackpressureLease(string reason) => _source = reason;

    /// <summary>The refusal of whoever would not wait.</summary>
    internal static BackpressureLease NoneFree { get; } = new("Not enough permits are free");

    /// <summary>The refusal of whoever would have waited.</summary>
    internal static BackpressureLease Refused(ShedReason reason) => reason switch
    {
        ShedReason.QueueFull => QueueFull,
        ShedReason.Displaced => Displaced,
        _ => Disposed,
    };

    /// <inheritdoc />
    public override bool IsAcquired { get; }

    /// <summary>The reason phrase, which a refused lease has, and an acquired one has not.</summary>
    public override IEnumerable<string> MetadataNames => Names;

    /// <summary>Says that this completion tells nothing about the service, because the work failed or was given up: an adaptive limit does not learn from it. To be called before <c>Dispose</c>.</summary>
    public void Ignore() => IsIgnored = true;

    /// <inheritdoc />
    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata = metadataName == MetadataName.ReasonPhrase.Name ? _source as string : null;
        return metadata is not null;
    }

    internal bool IsIgnored { get; private set; }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (IsAcquired) // a refusal is everybody's: writing to it would make threads wait for one another
        {
            ((BackpressureLimiter?)Interlocked.Exchange(ref _source, null))?.GiveBack(_permits, new TimeSpan(_since), IsIgnored);
        }

        base.Dispose(disposing);
    }
}
