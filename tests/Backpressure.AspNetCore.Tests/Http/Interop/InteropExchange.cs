using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Backpressure.AspNetCore.Tests.Http.Interop;

/// <summary>What a request of a case went through on the server, as its handler and the outermost middleware saw it.</summary>
internal sealed class InteropExchange
{
    private readonly TaskCompletionSource _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _notes = new();

    public Task Arrival => _arrival.Task;

    public Task End => _end.Task;

    public IEnumerable<string> Notes => _notes;

    public static InteropExchange Of(HttpContext context) => context.Features.GetRequiredFeature<InteropExchange>();

    public void Arrive() => _arrival.TrySetResult();

    public void Note(string note) => _notes.Enqueue(note);

    /// <summary>The outermost middleware: notes what comes out of all the others, and what they leave behind on the context.</summary>
    public async Task ObserveAsync(HttpContext context, RequestDelegate next)
    {
        context.Features.Set(this);
        CancellationToken before = context.RequestAborted;
        try
        {
            await next(context);
        }
        catch (Exception exception)
        {
            Note($"{(exception is OperationCanceledException ? "cancellation" : exception.GetType().Name)} escapes");
            throw;
        }
        finally
        {
            if (context.Features.Get<IHttpRequestTimeoutFeature>() is not null)
            {
                Note("feature left behind");
            }

            if (context.RequestAborted.IsCancellationRequested && !before.IsCancellationRequested)
            {
                Note("cancelled token left behind");
            }

            _end.TrySetResult();
        }
    }
}
