using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Json;

namespace Backpressure.Http.Client;

/// <summary>Decides by the outcome of an attempt whether the request may be sent again.</summary>
internal static class RetryRules
{
    /// <summary>Whether a response of this status says that another try may fare better.</summary>
    public static bool IsTransient(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>Whether a response of this status only asks for credentials, or for the same thing elsewhere, so that what is sent upon it is no retry.</summary>
    public static bool IsContinued(HttpStatusCode status) =>
        status is HttpStatusCode.Unauthorized or HttpStatusCode.ProxyAuthenticationRequired or (>= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest);

    public static RetryVerdict Judge(HttpRequestMessage request, HttpResponseMessage response, ServerAdvice advice)
    {
        if (!IsTransient(response.StatusCode))
        {
            return RetryVerdict.Final;
        }

        if (advice.ShouldRetry == false)
        {
            return RetryVerdict.RefusedByServer;
        }

        return (advice.ProvesNotExecuted(response.StatusCode) || IsIdempotent(request.Method)) && IsReplayable(request.Content) ? RetryVerdict.Retry : RetryVerdict.NotReplayable;
    }

    public static RetryVerdict Judge(HttpRequestMessage request, HttpRequestException failure)
    {
        if (!IsTransient(failure))
        {
            return RetryVerdict.Final;
        }

        return IsIdempotent(request.Method) && IsReplayable(request.Content) ? RetryVerdict.Retry : RetryVerdict.NotReplayable;
    }

    /// <summary>Whether nothing is left of the content once it was sent.</summary>
    public static bool IsSpentBySending(HttpContent? content) => content switch
    {
        StreamContent stream => !CanGoBack(stream),
        MultipartContent parts => parts.Any(IsSpentBySending),
        _ => false,
    };

    /// <summary>A stream that can go back knows its length. A length that somebody stated says nothing about that.</summary>
    private static bool CanGoBack(StreamContent stream)
    {
        const string ContentLength = "Content-Length";
        if (stream.Headers.NonValidated.Contains(ContentLength))
        {
            return false;
        }

        bool isKnown = stream.Headers.ContentLength is not null;
        stream.Headers.Remove(ContentLength); // to ask for it put it there
        return isKnown;
    }

    private static bool IsTransient(HttpRequestException failure) => failure.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError or
        HttpRequestError.ConnectionError or
        HttpRequestError.ProxyTunnelError or
        HttpRequestError.HttpProtocolError or
        HttpRequestError.ResponseEnded => true,

        // Anything else that has a name would fail again: a certificate, a version, a limit. What has none is most often a reset connection.
        HttpRequestError.Unknown => failure.StatusCode is not HttpStatusCode status || IsTransient(status),
        _ => false,
    };

    private static bool IsIdempotent(HttpMethod method) =>
        method == HttpMethod.Get || method == HttpMethod.Head || method == HttpMethod.Options ||
        method == HttpMethod.Trace || method == HttpMethod.Put || method == HttpMethod.Delete;

    /// <summary>Only what lies in memory whole can be sent a second time; a stream, or a sequence that is yet to be produced, is consumed by the first.</summary>
    private static bool IsReplayable(HttpContent? content) =>
        content is null or ByteArrayContent or ReadOnlyMemoryContent ||
        (content is JsonContent json && !IsProducedWhenRead(json.Value)) ||
        (content is MultipartContent parts && parts.All(IsReplayable));

    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "An interface that was trimmed away could not make JsonContent produce a sequence either.")]
    private static bool IsProducedWhenRead(object? value) =>
        value is IEnumerable and not (string or ICollection) ||
        value?.GetType().GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>)) == true;
}
