namespace Backpressure.Http.Protocol;

/// <summary>Reads the value of <c>x-envoy-expected-rq-timeout-ms</c>, the time that Envoy's router gives the request (Envoy, "Router", HTTP headers set): one to ten ASCII digits, in milliseconds.</summary>
internal static class EnvoyTimeoutHeader
{
    public const string Name = "x-envoy-expected-rq-timeout-ms";

    /// <summary>Zero is valid and states no time: to Envoy a timeout of 0 is none, so that it leaves the header out then, and it writes 1 where the time is up.</summary>
    public static bool TryParse(ReadOnlySpan<char> value, out TimeSpan? timeout)
    {
        bool valid = TimeoutHeader.TryParse(value, out TimeSpan stated);
        timeout = stated > TimeSpan.Zero ? stated : null;
        return valid;
    }
}
