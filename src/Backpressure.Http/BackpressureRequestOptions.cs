namespace Backpressure.Http;

/// <summary>Holds the keys by which a single request differs from the options of its client.</summary>
public static class BackpressureRequestOptions
{
    /// <summary>
    /// The deadline of this logical call. It can only shorten <see cref="BackpressureHandlerOptions.Timeout"/>. Zero or less means that no time is left:
    /// the request is not sent and ends as timed out. <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> sets no deadline of its own.
    /// </summary>
    /// <example><code>request.Options.Set(BackpressureRequestOptions.Timeout, TimeSpan.FromSeconds(2));</code></example>
    public static readonly HttpRequestOptionsKey<TimeSpan> Timeout = new("Backpressure.Timeout");
}
