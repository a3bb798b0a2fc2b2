namespace Backpressure.Http.Tests.Fakes;

/// <summary>Another package's hedging: sends copies of the message at once and returns the last answer.</summary>
internal sealed class HedgingHandler(int copies) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage[] responses = await Task.WhenAll(Enumerable.Range(0, copies).Select(_ => base.SendAsync(Clone(request), cancellationToken)));
        foreach (HttpResponseMessage loser in responses[..^1])
        {
            loser.Dispose();
        }

        return responses[^1];
    }

    private static HttpRequestMessage Clone(HttpRequestMessage request)
    {
        var clone = new HttpRequestMessage(request.Method, request.RequestUri);
        foreach (KeyValuePair<string, object?> option in request.Options)
        {
            ((IDictionary<string, object?>)clone.Options)[option.Key] = option.Value;
        }

        return clone;
    }
}
