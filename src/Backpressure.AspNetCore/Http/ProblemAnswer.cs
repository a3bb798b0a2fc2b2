using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Http;

/// <summary>Sends a problem document as the whole answer.</summary>
internal static class ProblemAnswer
{
    /// <summary>Sends it, to HEAD without its body. A caller who leaves meanwhile is no error (B9).</summary>
    public static async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        HttpResponse response = context.Response;
        response.Headers.ContentType = ProblemBodies.ContentType;
        response.Headers.ContentLength = body.Length;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        CancellationToken callerLeft = context.RequestAborted;
        try
        {
            await response.Body.WriteAsync(body, callerLeft);
        }
        catch (OperationCanceledException) when (callerLeft.IsCancellationRequested)
        {
            // nobody is there to read it
        }
    }
}
