namespace Backpressure.Http.DependencyInjection;

/// <summary>Marks a named client that has the handlers; without a name it marks all clients.</summary>
internal sealed record ProtectedClient(string? Name);
