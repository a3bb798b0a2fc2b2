namespace Backpressure.Simulation.Algorithms;

/// <summary>The end of a request that ran.</summary>
/// <param name="Now">When it ended.</param>
/// <param name="Took">From its grant to its end: what the server needed, without the wait in the queue.</param>
/// <param name="InFlightAtStart">How many ran when it started, itself included.</param>
/// <param name="InFlight">How many run now, without it.</param>
/// <param name="Kind">How it ended.</param>
internal readonly record struct Completion(TimeSpan Now, TimeSpan Took, int InFlightAtStart, int InFlight, CompletionKind Kind);
