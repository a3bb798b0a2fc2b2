using System.Net;
using System.Net.Http.Headers;
using Backpressure.Http.Protocol;

namespace Backpressure.Http.Client;

/// <summary>What the headers of a response say about trying again. What is malformed counts as absent, and so does a scalar on more than one line.</summary>
/// <param name="ShouldRetry">The server's decision.</param>
/// <param name="HasReason">Whether the server says why it refused.</param>
/// <param name="Delay">How long the client must wait, at most <see cref="RetryAfterHeader.Maximum"/>.</param>
/// <param name="RetryRatio">The share of retries that the server accepts now, from 0 to 1.</param>
internal readonly record struct ServerAdvice(bool? ShouldRetry, bool HasReason, TimeSpan? Delay, double? RetryRatio = null)
{
    private const string RetryAfter = "Retry-After";

    public static ServerAdvice Read(HttpResponseMessage response, DateTimeOffset now)
    {
        HttpHeadersNonValidated headers = response.Headers.NonValidated;
        BackpressureHeader told = default;
        if (headers.TryGetValues(BackpressureHeaders.Backpressure, out HeaderStringValues lines))
        {
            foreach (string line in lines)
            {
                told.Read(line);
            }
        }

        return new ServerAdvice(ReadShouldRetry(headers), !told.Reason.IsEmpty, ReadDelay(headers, now), told.RetryRatio);
    }

    /// <summary>Whether a response of this status proves that the request was not executed: our server says so by both headers, and strips them from what a handler answers (H9).</summary>
    public bool ProvesNotExecuted(HttpStatusCode status) => status == HttpStatusCode.ServiceUnavailable && HasReason && ShouldRetry == true;

    private static bool? ReadShouldRetry(HttpHeadersNonValidated headers) => Scalar(headers, BackpressureHeaders.ShouldRetry) switch
    {
        "true" => true,
        "false" => false,
        _ => null,
    };

    private static TimeSpan? ReadDelay(HttpHeadersNonValidated headers, DateTimeOffset now)
    {
        if (RetryAfterHeader.TryParseMilliseconds(Scalar(headers, BackpressureHeaders.RetryAfterMs), out TimeSpan exact))
        {
            return exact;
        }

        return RetryAfterHeader.TryParse(Scalar(headers, RetryAfter), now, out TimeSpan delay) ? delay : null;
    }

    /// <summary>The value of a field that has exactly one line.</summary>
    private static string? Scalar(HttpHeadersNonValidated headers, string name)
    {
        if (!headers.TryGetValues(name, out HeaderStringValues values) || values.Count != 1)
        {
            return null;
        }

        HeaderStringValues.Enumerator lines = values.GetEnumerator();
        lines.MoveNext();
        return lines.Current;
    }
}
