namespace Backpressure.Simulation.Algorithms;

internal enum CompletionKind
{
    Succeeded,

    /// <summary>Its time tells nothing: it failed.</summary>
    Failed,

    /// <summary>Its caller had left before it ended; the work was done to its end all the same.</summary>
    Aborted,
}
