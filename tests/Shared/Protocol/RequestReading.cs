namespace Backpressure.Tests;

/// <summary>What a server reads from the headers of a request.</summary>
/// <param name="Attempt">The tries before this one.</param>
/// <param name="Timeout">The time that is left.</param>
/// <param name="Criticality">The word for how much it matters.</param>
/// <param name="Junk">The names of the headers that count as absent, in lower case and in order, between blanks.</param>
internal sealed record RequestReading(int Attempt, TimeSpan? Timeout, string? Criticality, string Junk);
