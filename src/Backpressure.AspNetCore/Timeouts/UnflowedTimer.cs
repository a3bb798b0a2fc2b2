namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Makes timers that outlive the request that happens to make them, and so must not carry its execution context along.</summary>
internal static class UnflowedTimer
{
    /// <summary>Makes a timer that is not set.</summary>
    /// <param name="clock">Keeps its time.</param>
    /// <param name="callback">Runs when it rings.</param>
    /// <param name="state">Is passed to the callback.</param>
    /// <param name="route">Who runs the callback, where the clock is one of ours.</param>
    public static ITimer Create(TimeProvider clock, TimerCallback callback, object state, CallbackRoute route)
    {
        AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        try
        {
            ITimer timer = clock.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (timer is ScheduledTimer ours)
            {
                ours.Route = route;
            }

            return timer;
        }
        finally
        {
            flow?.Undo();
        }
    }
}
