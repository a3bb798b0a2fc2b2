using System.IO.Pipelines;
using Backpressure.AspNetCore.Telemetry;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Http;

/// <summary>Sends a problem document as the whole answer: through the application's own writer of problems where it has registered one, else as it stands.</summary>
internal sealed partial class ProblemAnswer
{
    public const string ContentType = "application/problem+json";

    private readonly ILogger<ProblemAnswer> _logger;
    private readonly TimeoutClock _clock;
    private readonly LogThrottle _failures = new();
    private readonly bool _hasService; // of any lifetime, so each request asks its own scope for it

    public ProblemAnswer(ILogger<ProblemAnswer> logger, TimeoutClock clock, IServiceProvider services)
    {
        _logger = logger;
        _clock = clock;
        _hasService = services.GetService<IServiceProviderIsService>()?.IsService(typeof(IProblemDetailsService)) != false; // where the container cannot tell, each request asks
    }

    /// <summary>Whether a part of an answer was sent, or stands in the server's buffer, from which nobody can take it back.</summary>
    public static bool HasBegun(HttpResponse response) => response.HasStarted || HasUnflushed(response.BodyWriter);

    /// <summary>As the other, for whoever has the features at hand.</summary>
    public static bool HasBegun(IHttpResponseFeature response, IHttpResponseBodyFeature body) => response.HasStarted || HasUnflushed(body.Writer);

    /// <summary>Sends it, to HEAD without its body. A caller who leaves meanwhile is no error (B9).</summary>
    /// <param name="request">Whose answer it is.</param>
    /// <param name="document">What is sent.</param>
    /// <param name="body">The body of the answer, for whoever has that at hand.</param>
    public Task SendAsync(GovernedRequest request, ProblemDocument document, IHttpResponseBodyFeature? body = null)
    {
        if (HttpMethods.IsHead(request.Request.Method))
        {
            IHeaderDictionary headers = request.Response!.Headers;
            headers.ContentType = ContentType;
            headers.ContentLength = _hasService ? null : document.Bytes.Length; // what the service would write for GET is not known
            return Task.CompletedTask;
        }

        return _hasService ? SendByServiceAsync(request, request.Context, document) : SendAsItStandsAsync(request, document, body ?? BodyOf(request));
    }

    private static IHttpResponseBodyFeature BodyOf(GovernedRequest request) => request.Context.Features.Find<IHttpResponseBodyFeature>()!;

    private static Task SendAsItStandsAsync(GovernedRequest request, ProblemDocument document, IHttpResponseBodyFeature body)
    {
        IHeaderDictionary headers = request.Response!.Headers;
        headers.ContentType = ContentType;
        headers.ContentLength = document.Bytes.Length;
        ValueTask write = body.Stream.WriteAsync(document.Bytes, CancellationToken.None); // whoever cancelled the token, the caller may be there
        if (!write.IsCompletedSuccessfully)
        {
            return FinishAsync(write, request.Context.Features.Find<IHttpRequestLifetimeFeature>()?.RequestAborted ?? default);
        }

        write.GetAwaiter().GetResult(); // a pooled source goes back only when it was asked
        return Task.CompletedTask;
    }

    private static bool HasUnflushed(PipeWriter writer) => writer is { CanGetUnflushedBytes: true, UnflushedBytes: > 0 };

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

    private async Task SendByServiceAsync(GovernedRequest request, HttpContext context, ProblemDocument document)
    {
        CancellationToken callerLeft = context.RequestAborted;
        int status = context.Response.StatusCode;
        try
        {
            IProblemDetailsService? service = context.RequestServices.GetService<IProblemDetailsService>();
            ProblemDetailsContext problem = new() { HttpContext = context, ProblemDetails = document.ToDetails(), AdditionalMetadata = context.GetEndpoint()?.Metadata };
            if (service is not null && await service.TryWriteAsync(problem))
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
            if (_failures.IsDue(_clock.Now, out long unreported))
            {
                Log.WriterFailed(_logger, exception, unreported);
            }
        }

        if (request.IsComplete)
        {
            return; // somebody outside of us completed the response meanwhile
        }

        if (HasBegun(context.Response))
        {
            context.Abort(); // half an answer must not look whole (C11)
            return;
        }

        context.Response.StatusCode = status;
        await SendAsItStandsAsync(request, document, BodyOf(request)); // the writer declined, perhaps for what the caller accepts: an explanation that it did not ask for is better than none
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The application's own writer of problem details threw, and did so {Unreported} times more since it was last reported; the answers were sent without it.", EventName = "ProblemWriterFailed")]
        public static partial void WriterFailed(ILogger logger, Exception exception, long unreported);
    }
}
