using Backpressure.AspNetCore.Telemetry;
using Backpressure.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Http;

/// <summary>Writes a refusal: a status that promises that the handler did not run, why, and when to come back.</summary>
internal sealed partial class ShedWriter
{
    // Structured field dictionaries (RFC 9651) with one token, made once.
    private static readonly string[] ReasonFields = [.. Enum.GetValues<ShedReason>().Select(reason => $"reason={ShedReasonText.Token(reason)}")];

    private static readonly TimeSpan LongestAsked = TimeSpan.FromDays(1); // a limiter may say anything, and no client waits longer

    private readonly ILogger<ShedWriter> _logger;

    public ShedWriter(ILogger<ShedWriter> logger) => _logger = logger;

    /// <param name="request">The refused request.</param>
    /// <param name="reason">Why it is refused.</param>
    /// <param name="atLeast">The wait that a limiter of the application asks for, if it does.</param>
    public async Task WriteAsync(GovernedRequest request, ShedReason reason, TimeSpan? atLeast)
    {
        HttpContext context = request.Context;
        HttpResponse response = context.Response;
        ShedOptions options = request.Governor.Shed;
        TimeSpan wait = Wait(options, atLeast);

        if (response.HasStarted)
        {
            context.Abort(); // somebody outside of us has answered already; a refusal can only be told by the end
            return;
        }

        response.StatusCode = options.StatusCode;
        IHeaderDictionary headers = response.Headers;
        headers.RetryAfter = RetryAfter.Seconds(wait);
        headers[BackpressureHeaders.RetryAfterMs] = RetryAfter.Milliseconds(wait);
        headers[BackpressureHeaders.Backpressure] = ReasonFields[(int)reason];
        headers.CacheControl = "no-store";
        if (reason is ShedReason.RetryBudget or ShedReason.DeadlineInfeasible)
        {
            headers[BackpressureHeaders.ShouldRetry] = "false";
        }

        context.Features.Get<IHttpMetricsTagsFeature>()?.Tags.Add(new(BackpressureMetrics.ResultTag, ResultText.Of(reason)));
        Log.Shed(_logger, request.Policy, ShedReasonText.Token(reason), request.TimeInQueue.TotalMilliseconds);
        if (options.OnShed is { } onShed)
        {
            await NotifyAsync(onShed, new ShedContext(context, request.Policy, reason, wait, request.TimeInQueue));
        }

        if (options.Body == ShedBody.Empty || response.HasStarted)
        {
            return;
        }

        await ProblemAnswer.SendAsync(context, request.Governor.Bodies.Shed(reason));
    }

    private static TimeSpan Wait(ShedOptions options, TimeSpan? atLeast)
    {
        double draw = Random.Shared.NextDouble();
        if (atLeast is not { } asked || asked <= options.MinimumRetryAfter)
        {
            return RetryAfter.Draw(options.MinimumRetryAfter, options.MaximumRetryAfter, draw);
        }

        asked = asked < LongestAsked ? asked : LongestAsked;
        TimeSpan spread = asked * 1.25; // what the limiter asks for stands, and those whom it refused must not return together (C22)
        return RetryAfter.Draw(asked, spread > options.MaximumRetryAfter ? spread : options.MaximumRetryAfter, draw);
    }

    private async ValueTask NotifyAsync(Func<ShedContext, ValueTask> onShed, ShedContext shed)
    {
        try
        {
            await onShed(shed);
        }
        catch (Exception exception) // the application's own code; the refusal goes out whatever it throws (C8)
        {
            Log.OnShedFailed(_logger, exception, shed.Policy);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Request shed by policy '{Policy}': {Reason}, after {WaitedMs} ms in the queue.", EventName = "RequestShed")]
        public static partial void Shed(ILogger logger, string policy, string reason, double waitedMs);

        [LoggerMessage(2, LogLevel.Error, "Shed.OnShed of policy '{Policy}' threw; the refusal was sent all the same.", EventName = "OnShedFailed")]
        public static partial void OnShedFailed(ILogger logger, Exception exception, string policy);
    }
}
