using System.Net.Http.Headers;
using Backpressure.Http.Protocol;

namespace Backpressure.Http.Client;

/// <summary>Knows gRPC calls, whose time travels in <c>grpc-timeout</c> instead of <c>Request-Timeout-Ms</c>.</summary>
internal static class GrpcTimeout
{
    public static bool IsCall(HttpRequestMessage request) =>
        request.Content?.Headers.ContentType?.MediaType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The time that a gRPC call states already; <see langword="null"/> where it states none, or none that makes sense.</summary>
    public static TimeSpan? StatedBy(HttpRequestMessage request) =>
        IsCall(request) && GrpcTimeoutHeader.TryParse(Stated(request), out TimeSpan stated) ? stated : null;

    /// <summary>What an attempt states: what is there, unless that is more than <paramref name="left"/> or makes no sense.</summary>
    public static string Of(HttpRequestMessage request, TimeSpan left)
    {
        string? stated = Stated(request);
        return GrpcTimeoutHeader.TryParse(stated, out TimeSpan own) && own <= left ? stated! : GrpcTimeoutHeader.Format(left);
    }

    /// <summary>Several lines come joined by a comma, which is junk.</summary>
    private static string? Stated(HttpRequestMessage request) =>
        request.Headers.NonValidated.TryGetValues(GrpcTimeoutHeader.Name, out HeaderStringValues values) ? values.ToString() : null;
}
