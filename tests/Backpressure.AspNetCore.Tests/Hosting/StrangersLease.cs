using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Tests.Hosting;

/// <summary>What a stranger's limiter hands out: a permit, or a refusal that may say when to come back.</summary>
internal sealed class StrangersLease(bool isAcquired, TimeSpan? retryAfter = null) : RateLimitLease
{
    private int _disposals; // Interlocked only

    public int Disposals => Volatile.Read(ref _disposals);

    public override bool IsAcquired => isAcquired;

    public override IEnumerable<string> MetadataNames => retryAfter is null ? [] : [MetadataName.RetryAfter.Name];

    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata = metadataName == MetadataName.RetryAfter.Name ? retryAfter : null;
        return metadata is not null;
    }

    protected override void Dispose(bool disposing)
    {
        Interlocked.Increment(ref _disposals);
        base.Dispose(disposing);
    }
}
