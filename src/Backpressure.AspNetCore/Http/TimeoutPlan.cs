using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Http;

/// <summary>The time that an endpoint's requests have, and what their clients hear when it is over.</summary>
/// <param name="Span">From arrival to deadline, before a caller shortens it; infinite for none.</param>
/// <param name="IsExplicit">Whether the endpoint itself set it.</param>
/// <param name="Document">The answer: status and problem document.</param>
/// <param name="Write">What the application writes in place of the document (the framework's <c>RequestTimeoutPolicy.WriteTimeoutResponse</c>); <see langword="null"/> for nothing.</param>
internal sealed record TimeoutPlan(TimeSpan Span, bool IsExplicit, ProblemDocument Document, RequestDelegate? Write);
