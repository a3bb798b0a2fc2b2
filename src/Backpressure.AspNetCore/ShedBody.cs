namespace Backpressure.AspNetCore;

/// <summary>What the body of a refusal holds.</summary>
public enum ShedBody
{
    /// <summary>A problem document (RFC 9457), <c>application/problem+json</c>.</summary>
    ProblemDetails,

    /// <summary>Nothing; the headers say it all.</summary>
    Empty,
}
