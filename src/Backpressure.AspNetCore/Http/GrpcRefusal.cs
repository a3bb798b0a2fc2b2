using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

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
    public static bool IsCall(IHttpRequestFeature request, out string contentType)
    {
        contentType = "";
        if (!HttpMethods.IsPost(request.Method))
        {
            return false; // before any header is looked up
        }

        ReadOnlySpan<char> asked = (string?)request.Headers.ContentType;
        if (!asked.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase))
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
    /// <param name="response">The response.</param>
    /// <param name="contentType">What <see cref="IsCall"/> found.</param>
    /// <param name="reason">Why the call is refused.</param>
    /// <param name="pushback">When to come back, in milliseconds; <see langword="null"/> for never.</param>
    public static void Write(IHttpResponseFeature response, string contentType, ShedReason reason, string? pushback)
    {
        response.StatusCode = StatusCodes.Status200OK;
        IHeaderDictionary headers = response.Headers;
        headers.ContentType = contentType;
        headers.GrpcStatus = Unavailable;
        headers.GrpcMessage = ShedReasonText.Sentence(reason); // plain ASCII without a percent sign, which needs no encoding
        headers["grpc-retry-pushback-ms"] = pushback ?? NoRetry;
    }

    /// <summary>Whether a handler said how its call ended. OK without a message, cancelled, unknown and deadline exceeded are what its server makes of a token that was cancelled, and say nothing.</summary>
    public static bool HasSaid(IHeaderDictionary headers) => headers.GrpcStatus is [{ } status] && status is not ("0" or "1" or "2" or DeadlineExceeded);

    /// <summary>Makes the response say that the deadline passed in the handler: a bare 504 reads as "unavailable", which clients may try again.</summary>
    public static void WriteTimeout(HttpResponse response, string contentType)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.Headers.ContentType = contentType;
        response.Headers.GrpcStatus = DeadlineExceeded;
        response.Headers.GrpcMessage = "The call took longer than it may. It may have been executed.";
    }
}
