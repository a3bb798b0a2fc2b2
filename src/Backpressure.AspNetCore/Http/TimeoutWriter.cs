using Backpressure.AspNetCore.Telemetry;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Http;

/// <summary>Answers a request whose deadline passed in its handler: it may have been executed.</summary>
internal sealed partial class TimeoutWriter
{
    private readonly ILogger<TimeoutWriter> _logger;
    private readonly ProblemAnswer _problem;
    private readonly TimeoutClock _clock;
    private readonly LogThrottle _failures = new();

    public TimeoutWriter(ILogger<TimeoutWriter> logger, ProblemAnswer problem, TimeoutClock clock)
    {
        _logger = logger;
        _problem = problem;
        _clock = clock;
    }

    /// <summary>Whether a handler that returned after its deadline left nothing to deliver: somebody swallowed the cancellation, and 200 without a body would be a lie.
    /// 499 is what an exception handler inside of us makes of it (C13). A middleware that buffers may hold an answer of which the server knows nothing yet, and the answer of a gRPC call that failed is among the headers.</summary>
    public static bool IsUnanswered(HttpResponse response) =>
        !ProblemAnswer.HasBegun(response) && response.ContentLength is null && response.StatusCode is StatusCodes.Status200OK or StatusCodes.Status499ClientClosedRequest
        && response.Body is not { CanSeek: true, Length: > 0 } && !GrpcRefusal.HasSaid(response.Headers);

    /// <summary>Writes the answer, or cuts the connection when a part of another answer was written already: what is cut short must not look whole (C11).</summary>
    public async Task WriteAsync(GovernedRequest request)
    {
        HttpContext context = request.Context;
        HttpResponse response = context.Response;
        bool begun = ProblemAnswer.HasBegun(response);
        Log.TimedOut(_logger, request.Policy, request.Timeout.TotalMilliseconds, begun);
        if (begun)
        {
            context.Abort();
            return;
        }

        response.Clear();
        ProblemDocument document = request.TimeoutPlan.Document;
        response.StatusCode = document.Status;
        response.Headers.CacheControl = "no-store";
        if (request.TimeoutPlan.Write is null && GrpcRefusal.IsCall(request.Request, out string contentType))
        {
            GrpcRefusal.WriteTimeout(response, contentType);
            return;
        }

        if (request.TimeoutPlan.Write is { } write && await IsWrittenAsync(write, request, context))
        {
            return;
        }

        if (MayHaveBody(document.Status))
        {
            await _problem.SendAsync(request, document);
        }
    }

    private static bool MayHaveBody(int status) =>
        status >= StatusCodes.Status200OK && status is not (StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified);

    /// <returns>Whether the application answered, or the connection is cut because it failed on the way.</returns>
    private async Task<bool> IsWrittenAsync(RequestDelegate write, GovernedRequest request, HttpContext context)
    {
        int status = context.Response.StatusCode;
        ResponseProgress? progress = request.Answer.BeginWriting();
        try
        {
            await write(context);
            return true;
        }
        catch (Exception exception) // the application's own code; the client is told whatever it throws (C8)
        {
            if (_failures.IsDue(_clock.Now, out long unreported))
            {
                Log.WriterFailed(_logger, exception, request.Policy, unreported);
            }
        }
        finally
        {
            request.Answer.EndWriting(progress);
        }

        if (request.IsComplete)
        {
            return true; // somebody outside of us completed the response meanwhile
        }

        if (ProblemAnswer.HasBegun(context.Response))
        {
            context.Abort(); // half an answer must not look whole (C11)
            return true;
        }

        context.Response.StatusCode = status;
        return false;
    }

    /// <summary>Logs what a handler threw after its deadline, unless it is the cancellation that it was to throw.</summary>
    public void NoteFailure(GovernedRequest request, Exception exception)
    {
        if (exception is not OperationCanceledException)
        {
            Log.FailedLate(_logger, exception, request.Policy);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Error, "WriteTimeoutResponse of an endpoint of policy '{Policy}' threw; the answer was sent without it. So did {Unreported} others, of any policy, that were not reported.", EventName = "TimeoutWriterFailed")]
        public static partial void WriterFailed(ILogger logger, Exception exception, string policy, long unreported);

        [LoggerMessage(2, LogLevel.Warning, "A handler of policy '{Policy}' failed after its deadline; the client is told that it timed out.", EventName = "FailedAfterDeadline")]
        public static partial void FailedLate(ILogger logger, Exception exception, string policy);

        [LoggerMessage(1, LogLevel.Debug, "Request of policy '{Policy}' passed its deadline of {TimeoutMs} ms in the handler; response started: {Started}.", EventName = "DeadlinePassed")]
        public static partial void TimedOut(ILogger logger, string policy, double timeoutMs, bool started);
    }
}
