namespace Backpressure.Http.Tests.Fakes;

/// <summary>Another package's retrying: sends every call the same number of times, the way a resilience pipeline does.</summary>
internal sealed class ResendingHandler(int sends) : DelegatingHandler
{
    public Action<HttpRequestMessage>? BeforeAgain { get; init; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        for (int i = 1; i < sends; i++)
        {
            response.Dispose();
            BeforeAgain?.Invoke(request);
            response = await base.SendAsync(request, cancellationToken);
        }

        return response;
    }
}
