namespace Backpressure.AspNetCore;

/// <summary>Which of the waiting requests of the same criticality runs next. With every order each eighth permit goes to whoever has waited longest.</summary>
public enum QueueOrder
{
    /// <summary>The oldest first, as long as the queue drains now and then. When it stands (it was not empty for max(100 ms, 5·s/L), with s the mean service time and L the limit) the newest first,
    /// and nobody waits much longer than 2·s: requests that can still be of use are served, and those that have waited too long are told so.</summary>
    /// <remarks>After "Fail at Scale" (ACM Queue, 2015) and CoDel (RFC 8289), with their constants scaled to the service: 5 ms and 100 ms alone cost slow services their goodput.</remarks>
    Adaptive,

    /// <summary>The request that waited longest runs next.</summary>
    OldestFirst,

    /// <summary>The request that came last runs next.</summary>
    NewestFirst,
}
