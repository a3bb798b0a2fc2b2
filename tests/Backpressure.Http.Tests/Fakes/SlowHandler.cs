namespace Backpressure.Http.Tests.Fakes;

/// <summary>Another handler that takes its time before it passes a request on.</summary>
internal sealed class SlowHandler(Action takeTime) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        takeTime();
        return base.SendAsync(request, cancellationToken);
    }
}
