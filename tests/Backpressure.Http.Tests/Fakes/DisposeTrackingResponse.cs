using System.Net;

namespace Backpressure.Http.Tests.Fakes;

/// <summary>A response that tells whether it was disposed.</summary>
internal sealed class DisposeTrackingResponse(HttpStatusCode status) : HttpResponseMessage(status)
{
    public bool IsDisposed { get; private set; }

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}
