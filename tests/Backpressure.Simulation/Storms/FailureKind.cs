namespace Backpressure.Simulation.Storms;

/// <summary>How the last tier fails.</summary>
internal enum FailureKind
{
    /// <summary>It refuses, and says so as the server that is shipped does.</summary>
    Refuses,

    /// <summary>It answers 500.</summary>
    Fails,

    /// <summary>It answers 503, and says nothing else.</summary>
    IsUnavailable,
}
