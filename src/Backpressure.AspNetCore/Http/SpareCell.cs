namespace Backpressure.AspNetCore.Http;

/// <summary>What each thread keeps at hand of the pools of all types: as a static of the generic type itself it would take longer to find.</summary>
internal static class SpareCell
{
    private static long LastId; // Interlocked only

    /// <summary>The cell that the calling thread used last.</summary>
    [field: ThreadStatic]
    public static object? Last { get; set; }

    /// <summary>A number for one more pool.</summary>
    public static long NextId() => Interlocked.Increment(ref LastId);
}
