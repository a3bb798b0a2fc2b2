using Backpressure.Http.Client;

namespace Backpressure.Http.Tests.Fakes;

/// <summary>A request that a server serves, as the calls in its course see it.</summary>
internal sealed record AmbientRetry(bool IsRetry, TimeSpan? Remaining = null) : IAmbientRequest;
