namespace Backpressure.Http.Protocol;

/// <summary>What the headers of a request claim. They are a stranger's words: a server may let them lower the request's standing, and never raise it.</summary>
/// <param name="Attempt">The largest number of earlier tries that any header states, at most <see cref="AttemptHeader.Maximum"/>; 0 where none does.</param>
/// <param name="Timeout">The smallest time left that any header states, zero included; <see langword="null"/> where none does.</param>
/// <param name="Criticality">-1, 0 or 1, the lowest first; <see langword="null"/> where it is not stated.</param>
/// <param name="Junk">The headers that broke their grammar or stood on more than one line. They count as absent.</param>
internal readonly record struct RequestClaims(int Attempt, TimeSpan? Timeout, int? Criticality, RequestFields Junk);
