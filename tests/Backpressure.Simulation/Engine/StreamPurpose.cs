namespace Backpressure.Simulation.Engine;

/// <summary>What random numbers are drawn for.</summary>
internal enum StreamPurpose
{
    Arrivals = 1,

    /// <summary>The class and the needs of one request.</summary>
    Demands,

    /// <summary>The waits of clients before they try again.</summary>
    BackOff,

    /// <summary>Which attempts fail.</summary>
    Failures,

    /// <summary>The waits that servers ask for.</summary>
    RetryAfter,
}
