using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Http;

/// <summary>Sends a problem document as the whole answer: through the application's own writer of problems where it has registered one, else as it stands.</summary>
internal sealed partial class ProblemAnswer
{
    public const string ContentType = "application/problem+json";

    private readonly ILogger<ProblemAnswer> _logger;
    private readonly IProblemDetailsService? _service;

    public ProblemAnswer(ILogger<ProblemAnswer> logger, IProblemDetailsService? service)
    {
        _logger = logger;
        _service = service;
    }

    /// <summary>Sends it, to HEAD without its body. A caller who leaves meanwhile is no error (B9).</summary>
    public Task SendAsync(HttpContext context, ProblemDocument document)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.ContentType = ContentType;
            context.Response.Headers.ContentLength = _service is null ? document.Bytes.Length : null; // what the service would write for GET is not known
            return Task.CompletedTask;
        }

        return _service is null ? SendAsItStands(context, document) : SendByServiceAsync(_service, context, document);
    }

    private static Task SendAsItStands(HttpContext context, ProblemDocument document)
    {
        HttpResponse response = context.Response;
        response.Headers.ContentType = ContentType;
        response.Headers.ContentLength = document.Bytes.Length;
        ValueTask write = response.Body.WriteAsync(document.Bytes, context.RequestAborted);
        return write.IsCompletedSuccessfully ? Task.CompletedTask : FinishAsync(write, context.RequestAborted);
    }

    private static async Task FinishAsync(ValueTask write, CancellationToken callerLeft)
    {
        try
        {
            await write;
        }
        catch (OperationCanceledException) when (callerLeft.IsCancellationRequested)
        {
            // nobody is there to read it
        }
    }

    private async Task SendByServiceAsync(IProblemDetailsService service, HttpContext context, ProblemDocument document)
    {
        CancellationToken callerLeft = context.RequestAborted;
        int status = context.Response.StatusCode;
        try
        {
            ProblemDetailsContext problem = new() { HttpContext = context, ProblemDetails = document.ToDetails(), AdditionalMetadata = context.GetEndpoint()?.Metadata };
            if (await service.TryWriteAsync(problem))
            {
                return;
            }
        }
        catch (OperationCanceledException) when (callerLeft.IsCancellationRequested)
        {
            return; // nobody is there to read it
        }
        catch (Exception exception) // the application's own code; the answer goes out whatever it throws (C8)
        {
            Log.WriterFailed(_logger, exception);
        }

        if (context.Response.HasStarted)
        {
            context.Abort(); // half an answer must not look whole (C11)
            return;
        }

        context.Response.StatusCode = status;
        await SendAsItStands(context, document); // the writer declined, perhaps for what the caller accepts: an explanation that it did not ask for is better than none
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The application's own writer of problem details threw; the answer was sent without it.", EventName = "ProblemWriterFailed")]
        public static partial void WriterFailed(ILogger logger, Exception exception);
    }
}
