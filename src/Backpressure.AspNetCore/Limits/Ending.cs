namespace Backpressure.AspNetCore.Limits;

/// <summary>How the work of an admitted request ended: what it says of the service.</summary>
internal enum Ending
{
    /// <summary>It did what it was asked for, for somebody who still waited.</summary>
    Served,

    /// <summary>Its deadline had passed: whatever was done was done in vain. It took so long at least, as it may have been broken off then.</summary>
    Expired,

    /// <summary>Its caller had left, at a moment of its own: it was done in vain, too, and took so long at least.</summary>
    Left,

    /// <summary>It failed: it tells nothing, unless most do after the limit was raised.</summary>
    Failed,

    /// <summary>Nothing was done for it, or whoever held the permit says that it tells nothing.</summary>
    Ignored,
}
