using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore;

/// <summary>Which headers of callers and proxies are understood, and whom to trust. In this version the server reads <c>Retry-Attempt</c>, <c>Request-Timeout-Ms</c>,
/// <c>Request-Criticality</c>, <c>grpc-timeout</c> and <c>x-envoy-expected-rq-timeout-ms</c> from everyone: they can only lower a caller's own standing. The smallest timeout counts.</summary>
public class HeaderOptions
{
    /// <summary>Networks whose callers may raise their own standing, as CIDRs of the transport peer, never of a forwarded address. Does not act in this version.</summary>
    /// <value>Such as <c>10.0.0.0/8</c> or <c>fd00::/8</c>. Default empty: nobody.</value>
    public IList<string> TrustedNetworks { get; set; } = new List<string>();

    /// <summary>Decides trust per request, instead of <see cref="TrustedNetworks"/>. Does not act in this version.</summary>
    /// <value>Default <see langword="null"/>.</value>
    public Func<HttpContext, bool>? IsTrusted { get; set; }

    /// <summary>Read <c>grpc-timeout</c>, which may shorten the deadline; 0 means that the time is over already. <c>grpc-previous-rpc-attempts</c> is not read in this version.</summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool ReadGrpc { get; set; } = true;

    /// <summary>Read <c>x-envoy-expected-rq-timeout-ms</c>, which may shorten the deadline; 0 means no timeout, as Envoy has it. <c>x-envoy-attempt-count</c> is not read in this version.</summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool ReadEnvoy { get; set; } = true;

    /// <summary>Read <c>amz-sdk-request</c> and <c>x-stainless-retry-count</c>. Does not act in this version.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool ReadOthers { get; set; }

    /// <summary>Tell Envoy not to retry where the retry budget is spent. Does not act in this version.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool EmitEnvoy { get; set; }

    /// <summary>Send the ORCA load report <c>endpoint-load-metrics</c> to load balancers. Does not act in this version.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool EmitLoadReport { get; set; }
}
