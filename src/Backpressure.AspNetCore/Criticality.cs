namespace Backpressure.AspNetCore;

/// <summary>How much a request matters when not all can be served.</summary>
public enum Criticality
{
    /// <summary>The first to be refused: prefetch, batch work, crawlers.</summary>
    Sheddable = -1,

    /// <summary>What a request is unless something says otherwise.</summary>
    Normal = 0,

    /// <summary>The last to be refused.</summary>
    Critical = 1,
}
