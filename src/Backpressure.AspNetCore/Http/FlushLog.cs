namespace Backpressure.AspNetCore.Http;

/// <summary>When something of one answer was flushed, and whether something is being flushed now. Outlives the request where somebody keeps what writes to it.</summary>
internal sealed class FlushLog
{
    private readonly TimeProvider _clock;
    private long _lastAt; // Volatile only
    private int _underWay; // Interlocked only

    public FlushLog(TimeProvider clock)
    {
        _clock = clock;
        _lastAt = clock.GetTimestamp();
    }

    /// <summary>When the last flush ended; now while one is under way, and once the answer is complete.</summary>
    public long LastAt => Volatile.Read(ref _underWay) > 0 ? _clock.GetTimestamp() : Volatile.Read(ref _lastAt);

    /// <summary>The answer is complete: there is nothing to wait for.</summary>
    public void Complete() => Interlocked.Increment(ref _underWay);

    public void Begin() => Interlocked.Increment(ref _underWay);

    public void End()
    {
        Volatile.Write(ref _lastAt, _clock.GetTimestamp());
        Interlocked.Decrement(ref _underWay);
    }
}
