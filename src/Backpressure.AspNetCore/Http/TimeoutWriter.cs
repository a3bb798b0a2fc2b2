using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Http;

/// <summary>Answers a request whose deadline passed in its handler: it may have been executed.</summary>
internal sealed partial class TimeoutWriter
{
    private readonly ILogger<TimeoutWriter> _logger;

    public TimeoutWriter(ILogger<TimeoutWriter> logger) => _logger = logger;

    /// <summary>Writes the answer, or cuts the connection when a part of another answer was sent already: what is cut short must not look whole (C11).</summary>
    public async Task WriteAsync(GovernedRequest request)
    {
        HttpContext context = request.Context;
        HttpResponse response = context.Response;
        Log.TimedOut(_logger, request.Policy, request.Timeout.TotalMilliseconds, response.HasStarted);
        if (response.HasStarted)
        {
            context.Abort();
            return;
        }

        ReadOnlyMemory<byte> body = request.Governor.Bodies.Timeout;
        response.Clear();
        response.StatusCode = request.Governor.Timeout.StatusCode;
        response.Headers.CacheControl = "no-store";
        await ProblemAnswer.SendAsync(context, body);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Request of policy '{Policy}' passed its deadline of {TimeoutMs} ms in the handler; response started: {Started}.", EventName = "DeadlinePassed")]
        public static partial void TimedOut(ILogger logger, string policy, double timeoutMs, bool started);
    }
}
