namespace Backpressure.Http;

/// <summary>Sets what the handlers of <c>AddBackpressureHandler</c> do for one named client. All values are checked when the client is built.</summary>
public sealed class BackpressureHandlerOptions
{
    /// <summary>
    /// Gets or sets the deadline of a whole logical call, its retries and the waits between them included, up to the headers of the response.
    /// <see cref="BackpressureRequestOptions.Timeout"/> may shorten it for one request, and so may what is left of the incoming request in whose handler the call is made, on a server
    /// with <c>AddBackpressure</c>. <c>HttpClient.Timeout</c> stays in force beside it.
    /// What is left goes out with each attempt as <c>Request-Timeout-Ms</c>, for a gRPC call as <c>grpc-timeout</c>, by which a gRPC server ends a stream, too.
    /// </summary>
    /// <value>1 ms to 1 day; default: 100 s.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>Gets or sets how often one logical call is sent at most, the first time included.</summary>
    /// <value>1 (never retry) to 100; default: 3.</value>
    public int MaximumAttempts { get; set; } = 3;

    /// <summary>Gets or sets how many retries each first attempt pays for: 0.1 allows one retry per ten calls to the same authority.</summary>
    /// <value>0 to 1; default: 0.1.</value>
    public double RetryRatio { get; set; } = 0.1;

    /// <summary>Gets or sets the retries per second to the same authority that are allowed where <see cref="RetryRatio"/> would allow fewer. They are paced, never a burst.</summary>
    /// <value>0 (the ratio alone decides) to 100,000; default: 1.</value>
    public double MinimumRetriesPerSecond { get; set; } = 1;

    /// <summary>Gets or sets how long a first attempt pays for retries.</summary>
    /// <value>1 s to 1 hour; default: 10 s.</value>
    public TimeSpan RetryWindow { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets or sets the longest wait before the first retry where the server named no delay. It doubles with each further retry; the wait
    /// is drawn between zero and that.
    /// </summary>
    /// <value>0 to <see cref="MaximumDelay"/>; default: 50 ms.</value>
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Gets or sets how long a wait gets by doubling. A longer delay that the server asks for is honoured all the same, as long as it fits the deadline.</summary>
    /// <value>0 to 1 day; default: 5 s.</value>
    public TimeSpan MaximumDelay { get; set; } = TimeSpan.FromSeconds(5);
}
