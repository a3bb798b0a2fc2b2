namespace Backpressure.AspNetCore;

/// <summary>Connections that outlive a request: WebSockets, server-sent events, streams. Does not act in this version: exempt such endpoints with <c>DisableBackpressure</c>.</summary>
public class LongLivedOptions
{
    /// <summary>How many may be open at once. Does not act in this version.</summary>
    /// <value>From 1 to 1,000,000, or <see langword="null"/> for no cap. Default <see langword="null"/>.</value>
    public int? Maximum { get; set; }
}
