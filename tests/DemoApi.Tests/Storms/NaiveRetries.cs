using System.Net;
using Backpressure.AspNetCore;
using DemoApi.Tests.Load;

namespace DemoApi.Tests.Storms;

/// <summary>Retries as much code does: a timeout for each try, three more of them after whatever went wrong, at once.</summary>
internal sealed class NaiveRetries : DelegatingHandler
{
    private const int Tries = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500); // for each try

    private NaiveRetries(HttpMessageHandler inner)
        : base(inner)
    {
    }

    public static NaiveRetries OnSockets() => new(LoadClient.NewSockets());

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (int left = Tries - 1; ; left--)
        {
            using CancellationTokenSource timeout = new(Patience, TimerFdTimeProvider.Shared);
            await using CancellationTokenRegistration caller = cancellationToken.UnsafeRegister(static timeout => ((CancellationTokenSource)timeout!).Cancel(), timeout);
            try
            {
                HttpResponseMessage response = await base.SendAsync(request, timeout.Token);
                if (left == 0 || response.StatusCode < HttpStatusCode.InternalServerError)
                {
                    return response;
                }

                response.Dispose();
            }
            catch (Exception failure) when (left > 0 && !cancellationToken.IsCancellationRequested && failure is HttpRequestException or OperationCanceledException)
            {
                // which is what the next try is for
            }
        }
    }
}
