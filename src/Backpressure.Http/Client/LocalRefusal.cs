using System.Net;
using Backpressure.Http.Telemetry;

namespace Backpressure.Http.Client;

/// <summary>Answers in the server's stead, in the server's words, so that whoever wanted to send can judge it like any other refusal.</summary>
internal sealed class LocalRefusal : HttpResponseMessage
{
    private const string GrpcUnavailable = "14";
    private const string GrpcNoRetry = "-1";

    private LocalRefusal(HttpRequestMessage request, string reason)
        : base(HttpStatusCode.ServiceUnavailable)
    {
        RequestMessage = request;
        Headers.TryAddWithoutValidation(BackpressureHeaders.Backpressure, $"reason={reason}");
        Headers.TryAddWithoutValidation(BackpressureHeaders.ShouldRetry, "false");
        if (GrpcTimeout.IsCall(request))
        {
            Headers.TryAddWithoutValidation("grpc-status", GrpcUnavailable); // goes before the status of HTTP
            Headers.TryAddWithoutValidation("grpc-message", reason);
            Headers.TryAddWithoutValidation("grpc-retry-pushback-ms", GrpcNoRetry);
        }
    }

    public static LocalRefusal For(HttpRequestMessage request, RetryDecision denial) =>
        new(request, denial == RetryDecision.Throttled ? "client-throttle" : "client-budget");
}
