using System.Numerics;

namespace Backpressure.Http.Protocol;

/// <summary>Tells the headers of <see cref="RequestFields"/> by their names, which are of nine different lengths: one comparison decides.</summary>
internal static class RequestFieldNames
{
    /// <summary>In lower case, in the order of their bits.</summary>
    public static readonly string[] All =
    [
        "retry-attempt",
        "request-timeout-ms",
        "request-criticality",
        "grpc-previous-rpc-attempts",
        GrpcTimeoutHeader.Name,
        "x-envoy-attempt-count",
        EnvoyTimeoutHeader.Name,
        "amz-sdk-request",
        "x-stainless-retry-count",
    ];

    /// <summary>The header of this name, in any case; none where it is none of them.</summary>
    public static RequestFields Find(ReadOnlySpan<char> name)
    {
        RequestFields field = name.Length switch
        {
            12 => RequestFields.GrpcTimeout,
            13 => RequestFields.RetryAttempt,
            15 => RequestFields.AmzSdkRequest,
            18 => RequestFields.RequestTimeoutMs,
            19 => RequestFields.RequestCriticality,
            21 => RequestFields.EnvoyAttemptCount,
            23 => RequestFields.StainlessRetryCount,
            26 => RequestFields.GrpcPreviousRpcAttempts,
            30 => RequestFields.EnvoyExpectedTimeoutMs,
            _ => RequestFields.None,
        };
        return field != RequestFields.None && EndsAlike(name, NameOf(field)) && name.Equals(NameOf(field), StringComparison.OrdinalIgnoreCase) ? field : RequestFields.None;
    }

    /// <summary>Tells nearly all other names of the same length apart, such as Accept-Encoding and Authorization, for less than comparing them costs.</summary>
    private static bool EndsAlike(ReadOnlySpan<char> name, string lowerCase) => (name[^1] | 0x20) == lowerCase[^1]; // all of ours end in a letter

    /// <summary>The name of a single header.</summary>
    public static string NameOf(RequestFields field) => All[BitOperations.TrailingZeroCount((int)field)];
}
