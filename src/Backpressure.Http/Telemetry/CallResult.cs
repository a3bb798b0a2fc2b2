namespace Backpressure.Http.Telemetry;

/// <summary>Says how a logical call ended.</summary>
internal enum CallResult
{
    /// <summary>A response below 500 other than 429.</summary>
    Success,

    /// <summary>A response of 500 and above or 429, or an exception.</summary>
    Failure,

    /// <summary>The client answered itself with a 503, out of its throttle or, beside another handler that retries, its budget.</summary>
    Refused,

    /// <summary>The deadline of the logical call passed.</summary>
    TimedOut,

    /// <summary>The caller cancelled, or its <c>HttpClient.Timeout</c> did.</summary>
    Canceled,
}
