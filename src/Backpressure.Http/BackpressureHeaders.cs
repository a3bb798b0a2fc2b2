namespace Backpressure.Http;

/// <summary>Names the header fields of the retry-budget protocol, as they stand on the wire.</summary>
public static class BackpressureHeaders
{
    /// <summary>Request: how many earlier tries this logical call has had. Absent on the first try. One to three digits; above 100 counts as 100.</summary>
    public const string RetryAttempt = "Retry-Attempt";

    /// <summary>Request: the time the caller still has, in milliseconds, taken anew for each try. One to ten digits; 0 means already expired.</summary>
    public const string RequestTimeoutMs = "Request-Timeout-Ms";

    /// <summary>Request: <c>sheddable</c>, <c>normal</c> or <c>critical</c>. Any caller may lower it; only a trusted one may raise it.</summary>
    public const string RequestCriticality = "Request-Criticality";

    /// <summary>Response: the exact delay before the next try, in milliseconds. It wins over <c>Retry-After</c>, which only knows whole seconds.</summary>
    public const string RetryAfterMs = "Retry-After-Ms";

    /// <summary>Response: <c>true</c> is a ticket for one more try, <c>false</c> asks the client to stop.</summary>
    public const string ShouldRetry = "X-Should-Retry";

    /// <summary>Response: why the request was refused, as an RFC 9651 dictionary such as <c>reason=queue-full</c>.</summary>
    public const string Backpressure = "Backpressure";
}
