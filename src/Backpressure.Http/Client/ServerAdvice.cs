using System.Net.Http.Headers;
using Backpressure.Http.Protocol;

namespace Backpressure.Http.Client;

/// <summary>What the headers of a response say about trying again. What is malformed or stands on more than one line counts as absent.</summary>
internal readonly record struct ServerAdvice(bool? ShouldRetry, bool HasReason, TimeSpan? Delay)
{
    private const string RetryAfter = "Retry-After";

    public static ServerAdvice Read(HttpResponseMessage response, DateTimeOffset now)
    {
        HttpHeadersNonValidated headers = response.Headers.NonValidated;
        return new ServerAdvice(ReadShouldRetry(headers), ReadReason(headers), ReadDelay(headers, now));
    }

    private static bool? ReadShouldRetry(HttpHeadersNonValidated headers) => Scalar(headers, BackpressureHeaders.ShouldRetry) switch
    {
        "true" => true,
        "false" => false,
        _ => null,
    };

    /// <summary>A dictionary may be spread over several lines; then they are read as one.</summary>
    private static bool ReadReason(HttpHeadersNonValidated headers) =>
        headers.TryGetValues(BackpressureHeaders.Backpressure, out HeaderStringValues values) && BackpressureHeader.TryGetReason(values.ToString(), out _);

    private static TimeSpan? ReadDelay(HttpHeadersNonValidated headers, DateTimeOffset now)
    {
        if (RetryAfterHeader.TryParseMilliseconds(Scalar(headers, BackpressureHeaders.RetryAfterMs), out TimeSpan exact))
        {
            return exact;
        }

        return RetryAfterHeader.TryParse(Scalar(headers, RetryAfter), now, out TimeSpan delay) ? delay : null;
    }

    /// <summary>Several lines come joined by a comma, which no scalar of ours allows.</summary>
    private static string? Scalar(HttpHeadersNonValidated headers, string name) =>
        headers.TryGetValues(name, out HeaderStringValues values) ? values.ToString() : null;
}
