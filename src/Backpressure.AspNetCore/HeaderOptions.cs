using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore;

/// <summary>Which headers of callers and proxies are understood, and whom to trust. The server reads <c>Retry-Attempt</c>, <c>Request-Timeout-Ms</c>,
/// <c>Request-Criticality</c> and the headers named below from everyone: they can only lower a caller's own standing, unless it is trusted. The largest number of earlier tries and the smallest timeout count; what breaks its grammar
/// counts as absent (docs/retry-budget-protocol.md).</summary>
public class HeaderOptions
{
    /// <summary>Networks whose callers may raise their criticality (<c>Request-Criticality: critical</c>) and are told <c>retry</c> and <c>load</c> in the <c>Backpressure</c> response header, as CIDRs of whoever opened the
    /// connection, never of a forwarded address. On Kestrel that is the peer of the socket, whatever middleware stands outside; on a Unix socket or a named pipe nobody. Over HTTP/3 and on other servers it is
    /// <c>Connection.RemoteIpAddress</c>: there put <c>UseBackpressure</c> before whatever replaces that. Of those whose address <c>UseForwardedHeaders</c> has replaced nobody is trusted, as long as it leaves <c>X-Original-For</c> behind, as it does by default.</summary>
    /// <value>Such as <c>10.0.0.0/8</c> or <c>fd00::/8</c>; those of IPv4 also hold for peers that a socket of IPv6 shows as mapped. Default empty: nobody.</value>
    public IList<string> TrustedNetworks { get; set; } = new List<string>();

    /// <summary>Decides trust instead of <see cref="TrustedNetworks"/>, such as by a client certificate. Called once for every governed request, before admission and at once, so it must be quick and must not block.
    /// One that throws trusts nobody; that is logged.</summary>
    /// <value>Default <see langword="null"/>: the networks decide.</value>
    public Func<HttpContext, bool>? IsTrusted { get; set; }

    /// <summary>Read <c>grpc-previous-rpc-attempts</c>, and <c>grpc-timeout</c>, which may shorten the deadline; 0 means that the time is over already.</summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool ReadGrpc { get; set; } = true;

    /// <summary>Read <c>x-envoy-attempt-count</c>, which is 1 on the first try, and <c>x-envoy-expected-rq-timeout-ms</c>, which may shorten the deadline; 0 means no timeout, as Envoy has it.</summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool ReadEnvoy { get; set; } = true;

    /// <summary>Read <c>amz-sdk-request</c> and <c>x-stainless-retry-count</c>, by which the SDKs of AWS and of what Stainless generates say how often they tried.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool ReadOthers { get; set; }

    /// <summary>Tell Envoy not to retry a refusal without a ticket, by <c>x-envoy-ratelimited: true</c>. Envoy heeds it unless its retry policy names <c>envoy-ratelimited</c>; it does not know <c>X-Should-Retry</c>.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool EmitEnvoy { get; set; }

    /// <summary>Send the ORCA load report <c>endpoint-load-metrics</c> to load balancers. Does not act in this version.</summary>
    /// <value>Default <see langword="false"/>.</value>
    public bool EmitLoadReport { get; set; }
}
