namespace Backpressure.AspNetCore;

/// <summary>Which of the waiting requests runs next.</summary>
public enum QueueOrder
{
    /// <summary>Oldest first, newest first while the queue stands. In this version oldest first.</summary>
    Adaptive,

    /// <summary>The request that waited longest runs next.</summary>
    OldestFirst,

    /// <summary>The request that came last runs next. In this version oldest first.</summary>
    NewestFirst,
}
