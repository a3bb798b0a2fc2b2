namespace Backpressure.AspNetCore;

/// <summary>Which of the waiting requests of the same criticality runs next. With every order each eighth permit goes to whoever has waited longest.</summary>
public enum QueueOrder
{
    /// <summary>The oldest first, until the queue stands (it was not empty for max(100 ms, 5·s/L), with s the mean service time and L the limit) and more wait than can be served within a
    /// bearable time, about 2·s. Then the newest first, and who has waited longer than that is refused: requests that can still be of use are served, and the others are told so.</summary>
    /// <remarks>After "Fail at Scale" (ACM Queue, 2015) and CoDel (RFC 8289), with their constants scaled to the service: 5 ms and 100 ms alone cost slow services their goodput.
    /// The rule in full, and what it was measured against: docs/admission.md, docs/decisions/0011.</remarks>
    Adaptive,

    /// <summary>The request that waited longest runs next.</summary>
    OldestFirst,

    /// <summary>The request that came last runs next.</summary>
    NewestFirst,
}
