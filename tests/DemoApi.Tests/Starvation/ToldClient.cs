namespace DemoApi.Tests.Starvation;

/// <summary>How a client was told that its request is over.</summary>
/// <param name="Failure">By what; <see langword="null"/> if it was answered.</param>
/// <param name="After">How long after it sent the request.</param>
/// <param name="Busiest">How much of the processor the busiest thread of the server had used then.</param>
internal sealed record ToldClient(Exception? Failure, TimeSpan After, TimeSpan Busiest);
