using System.Net;

namespace Backpressure.Http.Tests.Fakes;

/// <summary>What applications have to sign a request anew, or to follow a redirect: sends it once more after a given answer, and after no other.</summary>
internal sealed class AnsweringHandler(HttpStatusCode to) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode != to)
        {
            return response;
        }

        response.Dispose();
        return await base.SendAsync(request, cancellationToken);
    }
}
