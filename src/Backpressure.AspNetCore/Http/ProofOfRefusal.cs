using Backpressure.Http;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Http;

/// <summary>The two fields that prove to a client that a request was not executed. Whoever ran it must not say so, nor relay that another server said it (H9).</summary>
internal static class ProofOfRefusal
{
    /// <summary>Takes them out of the answer of an endpoint that no policy governs.</summary>
    /// <param name="response">The response, which has not begun.</param>
    public static void Strip(HttpResponse response)
    {
        if (!response.HasStarted)
        {
            response.OnStarting(static state => RemoveAsync(((HttpResponse)state).Headers), response);
        }
    }

    private static Task RemoveAsync(IHeaderDictionary headers)
    {
        headers.Remove(BackpressureHeaders.ShouldRetry);
        headers.Remove(BackpressureHeaders.Backpressure);
        return Task.CompletedTask;
    }
}
