namespace Backpressure.AspNetCore.Tests.Http.Interop;

/// <summary>One case in which <c>UseBackpressure</c> means to reply differently from <c>UseRequestTimeouts</c>.</summary>
/// <param name="What">The difference, as docs/timeouts.md calls it.</param>
/// <param name="Case">The name of the case.</param>
/// <param name="Backpressure">The reply under <c>UseBackpressure</c>.</param>
internal sealed record InteropDifference(string What, string Case, string Backpressure);
