using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore;

/// <summary>Permits of a <see cref="BackpressureLimiter"/>, or its refusal; dispose it when the work is done. Disposing twice, or from two threads, gives back once.</summary>
public sealed class BackpressureLease : RateLimitLease
{
    private BackpressureLimiter? _limiter;
    private readonly int _permits;

    internal BackpressureLease(BackpressureLimiter? limiter, int permits)
    {
        _limiter = limiter;
        _permits = permits;
        IsAcquired = limiter is not null;
    }

    /// <inheritdoc />
    public override bool IsAcquired { get; }

    /// <summary>None: the metadata comes with a later version.</summary>
    public override IEnumerable<string> MetadataNames => [];

    /// <summary>Says that this completion tells nothing about the service, because the work failed or was given up. An adaptive limit does not learn from it; in this version no limit learns.</summary>
    public void Ignore() => IsIgnored = true;

    /// <inheritdoc />
    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata = null;
        return false;
    }

    internal bool IsIgnored { get; private set; }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        Interlocked.Exchange(ref _limiter, null)?.GiveBack(_permits);
        base.Dispose(disposing);
    }
}
