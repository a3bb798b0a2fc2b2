namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Who runs the callback of a timer.</summary>
internal enum CallbackRoute
{
    /// <summary>The thread pool; a dispatcher's thread where the pool does not begin in time.</summary>
    PoolFirst,

    /// <summary>A dispatcher's thread at once: clients are to be told on time, also when the pool is starved.</summary>
    DispatcherFirst,

    /// <summary>The timers' own thread. For code of ours that never blocks and never throws.</summary>
    Inline,
}
