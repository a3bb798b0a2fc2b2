namespace Backpressure.Http.Client;

/// <summary>Says what an attempt is: how many of the same call came before it, and who caused it.</summary>
internal readonly record struct AttemptStart(int Earlier, AttemptKind Kind);
