using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Http;

/// <summary>Refuses a gRPC call, or says that its time is over, as its clients understand it: a response of headers alone, with the status of the call in them (gRPC over HTTP/2, "Trailers-Only").</summary>
/// <remarks>To a bare 503 a client can only guess a status, and it never learns from it when to come back (gRFC A6).</remarks>
internal static class GrpcRefusal
{
    private const string DeadlineExceeded = "4";
    private const string Unavailable = "14";
    private const string NoRetry = "-1"; // a pushback below zero means: do not retry

    /// <summary>Whether the request is a gRPC call: a POST of its content type, which over HTTP/1.1 is carried by gRPC-Web alone.</summary>
    /// <param name="request">The request.</param>
    /// <param name="contentType">What to answer it with: one of a fixed set, never what the caller wrote (H7).</param>
    public static bool IsCall(HttpRequest request, out string contentType)
    {
        ReadOnlySpan<char> asked = request.ContentType;
        contentType = "";
        if (!asked.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) || !HttpMethods.IsPost(request.Method))
        {
            return false;
        }

        int end = asked.IndexOfAny('+', ';', ' ');
        ReadOnlySpan<char> kind = (end < 0 ? asked : asked[..end])["application/grpc".Length..];
        contentType = kind switch
        {
            "" when !HttpProtocol.IsHttp11(request.Protocol) && !HttpProtocol.IsHttp10(request.Protocol) => "application/grpc",
            _ when kind.Equals("-web", StringComparison.OrdinalIgnoreCase) => "application/grpc-web",
            _ when kind.Equals("-web-text", StringComparison.OrdinalIgnoreCase) => "application/grpc-web-text",
            _ => "",
        };
        return contentType.Length > 0;
    }

    /// <summary>Sets what makes the response a refusal.</summary>
    public static void Write(HttpResponse response, string contentType, ShedReason reason, string retryAfterMilliseconds)
    {
        response.StatusCode = StatusCodes.Status200OK;
        IHeaderDictionary headers = response.Headers;
        headers.ContentType = contentType;
        headers.GrpcStatus = Unavailable;
        headers.GrpcMessage = ShedReasonText.Sentence(reason); // plain ASCII without a percent sign, which needs no encoding
        headers["grpc-retry-pushback-ms"] = ShedReasonText.ForbidsRetry(reason) ? NoRetry : retryAfterMilliseconds;
    }

    /// <summary>Makes the response say that the deadline passed in the handler: a bare 504 reads as "unavailable", which clients may try again.</summary>
    public static void WriteTimeout(HttpResponse response, string contentType)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.Headers.ContentType = contentType;
        response.Headers.GrpcStatus = DeadlineExceeded;
        response.Headers.GrpcMessage = "The call took longer than it may. It may have been executed.";
    }
}
