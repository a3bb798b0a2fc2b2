using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>An answer that is flushed when a test says so.</summary>
internal sealed class HandFlushes(TimeProvider time) : IFlushes
{
    public long LastAt { get; private set; } = time.GetTimestamp();

    public void Flush() => LastAt = time.GetTimestamp();
}
