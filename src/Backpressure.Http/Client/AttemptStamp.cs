using System.Net.Http.Headers;
using Backpressure.Http.Protocol;

namespace Backpressure.Http.Client;

/// <summary>Writes onto an attempt how many came before it and what is left of its time.</summary>
internal static class AttemptStamp
{
    public static void Put(LogicalCall call, HttpRequestMessage request, int earlier)
    {
        Set(request.Headers, BackpressureHeaders.RetryAttempt, AttemptHeader.Format(earlier));
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

    /// <summary>Replaces whatever stands there, so that a message that is sent again, or that the application stamped itself, has one value.</summary>
    private static void Set(HttpRequestHeaders headers, string name, string? value)
    {
        headers.Remove(name);
        if (value is not null)
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }
}
