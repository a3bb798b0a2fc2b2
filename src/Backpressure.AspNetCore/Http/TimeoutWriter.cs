using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Http;

/// <summary>Answers a request whose deadline passed in its handler: it may have been executed.</summary>
internal sealed partial class TimeoutWriter
{
    private readonly ILogger<TimeoutWriter> _logger;
    private readonly ProblemAnswer _problem;

    public TimeoutWriter(ILogger<TimeoutWriter> logger, ProblemAnswer problem)
    {
        _logger = logger;
        _problem = problem;
    }

    /// <summary>Whether a handler that returned after its deadline left nothing to deliver: somebody swallowed the cancellation, and 200 without a body would be a lie.
    /// 499 is what an exception handler inside of us makes of it (C13).</summary>
    public static bool IsUnanswered(HttpResponse response) =>
        !ProblemAnswer.HasBegun(response) && response.ContentLength is null && response.StatusCode is StatusCodes.Status200OK or StatusCodes.Status499ClientClosedRequest;

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
        response.StatusCode = request.Governor.Timeout.StatusCode;
        response.Headers.CacheControl = "no-store";
        await _problem.SendAsync(request, request.Governor.Documents.Timeout);
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
        [LoggerMessage(2, LogLevel.Warning, "A handler of policy '{Policy}' failed after its deadline; the client is told that it timed out.", EventName = "FailedAfterDeadline")]
        public static partial void FailedLate(ILogger logger, Exception exception, string policy);

        [LoggerMessage(1, LogLevel.Debug, "Request of policy '{Policy}' passed its deadline of {TimeoutMs} ms in the handler; response started: {Started}.", EventName = "DeadlinePassed")]
        public static partial void TimedOut(ILogger logger, string policy, double timeoutMs, bool started);
    }
}
