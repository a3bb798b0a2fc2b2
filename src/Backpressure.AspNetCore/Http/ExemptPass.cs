namespace Backpressure.AspNetCore.Http;

/// <summary>As a feature it marks a request that went to an endpoint which no policy governs, so that a second pass (exception handler, re-execution) is let through as well: it was executed, and must not be refused as if it were not (C9).</summary>
internal sealed class ExemptPass
{
    public static readonly ExemptPass Mark = new();

    private ExemptPass()
    {
    }
}
