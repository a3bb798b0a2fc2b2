namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Makes timers that outlive the request that happens to make them, and so must not carry its execution context along.</summary>
internal static class UnflowedTimer
{
    /// <summary>Makes a timer that is not set.</summary>
    public static ITimer Create(TimeProvider clock, TimerCallback callback, object state)
    {
        AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        try
        {
            return clock.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        finally
        {
            flow?.Undo();
        }
    }
}
