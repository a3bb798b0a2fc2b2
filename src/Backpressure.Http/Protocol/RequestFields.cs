namespace Backpressure.Http.Protocol;

/// <summary>The request headers by which callers, and proxies in front of them, say how often a call was tried, how long they wait for it and how much it matters.</summary>
[Flags]
internal enum RequestFields
{
    None = 0,
    RetryAttempt = 1 << 0,
    RequestTimeoutMs = 1 << 1,
    RequestCriticality = 1 << 2,
    GrpcPreviousRpcAttempts = 1 << 3,
    GrpcTimeout = 1 << 4,
    EnvoyAttemptCount = 1 << 5,
    EnvoyExpectedTimeoutMs = 1 << 6,
    AmzSdkRequest = 1 << 7,
    StainlessRetryCount = 1 << 8,

    /// <summary>Those of the protocol itself.</summary>
    Own = RetryAttempt | RequestTimeoutMs | RequestCriticality,

    /// <summary>Those of gRPC (gRPC over HTTP/2; gRFC A6).</summary>
    Grpc = GrpcPreviousRpcAttempts | GrpcTimeout,

    /// <summary>Those of Envoy's router.</summary>
    Envoy = EnvoyAttemptCount | EnvoyExpectedTimeoutMs,

    /// <summary>Those of the SDKs of AWS and of what Stainless generates.</summary>
    Others = AmzSdkRequest | StainlessRetryCount,

    All = Own | Grpc | Envoy | Others,
}
