namespace Backpressure.AspNetCore.Limits;

/// <summary>Why the limit was moved last.</summary>
internal enum LimitReason
{
    /// <summary>It was not.</summary>
    Initial,

    /// <summary>Nothing was known yet, and nothing said stop.</summary>
    ColdStart,

    /// <summary>For a moment, to see what fewer in flight do to the throughput.</summary>
    ProbeDown,

    /// <summary>For a moment, to see what more in flight do to it.</summary>
    ProbeUp,

    /// <summary>Back from a probe that told nothing new.</summary>
    Return,

    /// <summary>The throughput follows the limit: there is room.</summary>
    Room,

    /// <summary>The knee was measured.</summary>
    Knee,

    /// <summary>The throughput fell with more in flight.</summary>
    Cliff,

    /// <summary>All answers came too late for their callers.</summary>
    Futile,

    /// <summary>The thread pool can run no more, or more again: work waited for its threads (rule 4.11).</summary>
    ThreadPool,
}
