namespace Backpressure.AspNetCore.Timeouts;

/// <summary>What a deadline does when the time is up.</summary>
internal enum ExpiryVerdict
{
    /// <summary>It strikes.</summary>
    Strike,

    /// <summary>It strikes although a part of the answer is on its way: what follows must not look whole (C11).</summary>
    StrikeBegun,

    /// <summary>It passes over the request, whose answer is on its way, until that stalls.</summary>
    Pass,
}
