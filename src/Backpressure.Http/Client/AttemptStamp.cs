using System.Net.Http.Headers;
using Backpressure.Http.Protocol;

namespace Backpressure.Http.Client;

/// <summary>Writes onto an attempt how many came before it and what is left of its time.</summary>
internal static class AttemptStamp
{
    /// <summary>How many tries the application says came before. On a message that we have sent already stands what we wrote: it says what it said then.</summary>
    public static int StatedBy(HttpRequestMessage request)
    {
        if (LogicalCall.Of(request) is { } before)
        {
            return before.EarlierAbove;
        }

        // Several lines come joined by a comma, which is junk.
        return request.Headers.NonValidated.TryGetValues(BackpressureHeaders.RetryAttempt, out HeaderStringValues values)
            && AttemptHeader.TryParse(values.ToString(), out int stated) ? stated : 0;
    }

    public static void Put(LogicalCall call, HttpRequestMessage request, int earlier)
    {
        Set(request.Headers, BackpressureHeaders.RetryAttempt, AttemptHeader.Format(call.EarlierAbove + earlier));
        if (GrpcTimeout.IsCall(request))
        {
            Set(request.Headers, BackpressureHeaders.RequestTimeoutMs, null);
            Set(request.Headers, GrpcTimeoutHeader.Name, GrpcTimeout.Of(request, call.RemainingAsStated));
        }
        else
        {
            Set(request.Headers, BackpressureHeaders.RequestTimeoutMs, TimeoutHeader.Format(call.Remaining));
        }
    }

    /// <summary>Replaces whatever stands there, so that a message that is sent again, or that came with a value of its own, has one.</summary>
    private static void Set(HttpRequestHeaders headers, string name, string? value)
    {
        headers.Remove(name);
        if (value is not null)
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }
}
