using Backpressure.AspNetCore.Admission;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Http;

/// <summary>Waits at the gate on behalf of a request.</summary>
internal static class RequestWait
{
    /// <summary>Waits until the gate decides or the caller leaves. The context may be gone already, where a middleware outside does not wait for us: then nobody will take what the gate gives.</summary>
    public static ValueTask<Outcome> WaitAsync(this QueuedRequest place, HttpContext context)
    {
        CancellationToken callerLeft;
        CallerPresence caller;
        try
        {
            callerLeft = context.RequestAborted;
            caller = CallerPresence.Of(context);
        }
        catch
        {
            place.GiveUp();
            throw;
        }

        return place.WaitAsync(callerLeft, caller);
    }
}
