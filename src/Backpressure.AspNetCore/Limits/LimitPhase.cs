namespace Backpressure.AspNetCore.Limits;

/// <summary>What the present limit is for.</summary>
internal enum LimitPhase
{
    /// <summary>To stay.</summary>
    Base,

    /// <summary>Lowered, to be compared with the base before.</summary>
    Dip,

    /// <summary>Raised, as there seems to be room; compared with the base before.</summary>
    Climb,

    /// <summary>Raised for a moment, to be compared with the base before.</summary>
    Probe,
}
