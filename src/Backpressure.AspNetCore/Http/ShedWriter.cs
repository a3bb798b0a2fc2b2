using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Telemetry;
using Backpressure.AspNetCore.Timeouts;
using Backpressure.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Http;

/// <summary>Writes a refusal: a status that promises that the handler did not run, why, and when to come back. Without an application's own code in the way it allocates nothing.</summary>
internal sealed partial class ShedWriter
{
    private const string EnvoyRateLimited = "x-envoy-ratelimited"; // Envoy retries nothing that carries it, unless its policy asks for "envoy-ratelimited"

    private static readonly TimeSpan LongestAsked = TimeSpan.FromDays(1); // a limiter may say anything, and no client waits longer

    private readonly ILogger<ShedWriter> _logger;
    private readonly ProblemAnswer _problem;
    private readonly TimeoutClock _clock;
    private readonly LogThrottle _failures = new();

    public ShedWriter(ILogger<ShedWriter> logger, ProblemAnswer problem, TimeoutClock clock)
    {
        _logger = logger;
        _problem = problem;
        _clock = clock;
    }

    /// <param name="request">The refused request.</param>
    /// <param name="reason">Why it is refused.</param>
    /// <param name="now">When that was decided.</param>
    /// <param name="atLeast">The wait that a limiter of the application asks for, if it does.</param>
    public Task WriteAsync(GovernedRequest request, ShedReason reason, TimeSpan now, TimeSpan? atLeast)
    {
        HttpContext context = request.Context;
        IFeatureCollection features = context.Features;
        IHttpResponseFeature response = request.Response!;
        ShedOptions options = request.Governor.Shed;
        IHttpResponseBodyFeature body = features.Find<IHttpResponseBodyFeature>()!;
        if (ProblemAnswer.HasBegun(response, body))
        {
            context.Abort(); // somebody outside of us has answered already; a refusal can only be told by the end
            return Task.CompletedTask;
        }

        RetryAfterValue retryAfter = RetryAfterOf(request.Governor, now, atLeast);
        bool mayRetry = request.Governor.Retries.Tickets.MayRetry(reason, now);
        bool isCall = GrpcRefusal.IsCall(request.Request, out string contentType);
        if (isCall)
        {
            GrpcRefusal.Write(response, contentType, reason, mayRetry ? retryAfter.Milliseconds : null);
        }
        else
        {
            response.StatusCode = options.StatusCode;
        }

        WriteHeaders(response.Headers, retryAfter, mayRetry);
        response.Headers[BackpressureHeaders.Backpressure] = request.IsTrusted
            ? request.Governor.Field.Of(reason, request.Governor.Retries.Accepts(now), request.Load)
            : BackpressureField.Of(reason);
        if (!mayRetry && request.Governor.Headers.EmitEnvoy)
        {
            response.Headers[EnvoyRateLimited] = "true";
        }

        features.Find<IHttpMetricsTagsFeature>()?.Tags.Add(new(BackpressureMetrics.ResultTag, ResultText.Of(reason)));
        Log.Shed(_logger, request.Policy, ShedReasonText.Token(reason), request.TimeInQueue.TotalMilliseconds);
        bool hasBody = !isCall && options.Body != ShedBody.Empty;
        if (options.OnShed is { } onShed)
        {
            return NotifyAndSendAsync(onShed, new ShedContext(context, request.Policy, reason, retryAfter.Wait, request.TimeInQueue), request, hasBody);
        }

        return hasBody ? _problem.SendAsync(request, request.Governor.Documents.Shed(reason), body) : Task.CompletedTask;
    }

    /// <summary>Refuses a request that has waited. Its time may be over in a middleware outside, too: then the answer must not depend on the token of that one.</summary>
    public Task WriteAfterWaitAsync(GovernedRequest request, ShedReason reason, TimeSpan now, TimeSpan? atLeast) =>
        CallerPresence.Of(request.Context).InPlaceOf(request.Context.RequestAborted) is { } token
            ? WriteUnderAsync(request, reason, now, atLeast, token)
            : WriteAsync(request, reason, now, atLeast);

    private async Task WriteUnderAsync(GovernedRequest request, ShedReason reason, TimeSpan now, TimeSpan? atLeast, CancellationToken callerLeft)
    {
        HttpContext context = request.Context;
        CancellationToken before = context.RequestAborted;
        context.RequestAborted = callerLeft;
        try
        {
            await WriteAsync(request, reason, now, atLeast);
        }
        finally
        {
            if (!request.IsComplete)
            {
                context.RequestAborted = before;
            }
        }
    }

    private static void WriteHeaders(IHeaderDictionary headers, RetryAfterValue retryAfter, bool mayRetry)
    {
        headers.RetryAfter = retryAfter.Seconds;
        headers[BackpressureHeaders.RetryAfterMs] = retryAfter.Milliseconds;
        headers[BackpressureHeaders.ShouldRetry] = mayRetry ? "true" : "false";
        headers.CacheControl = "no-store";
    }

    private static RetryAfterValue RetryAfterOf(Policy policy, TimeSpan now, TimeSpan? atLeast)
    {
        double draw = Random.Shared.NextDouble();
        if (atLeast is { } asked)
        {
            return policy.RetryAfter.DrawAbove(asked < LongestAsked ? asked : LongestAsked, draw);
        }

        (TimeSpan drain, SheddingSpell spell) = policy.Gate is { } gate ? (gate.DrainTime(now), gate.Tally.Spell) : (TimeSpan.Zero, policy.Plugged!.Spell);
        return policy.RetryAfter.Draw(drain, spell.Lasted(now), draw);
    }

    private async Task NotifyAndSendAsync(Func<ShedContext, ValueTask> onShed, ShedContext shed, GovernedRequest request, bool hasBody)
    {
        HttpContext context = shed.HttpContext;
        CancellationToken callerLeft = context.RequestAborted;
        bool failed = false;
        ResponseProgress? progress = request.Answer.BeginWriting();
        try
        {
            await onShed(shed);
        }
        catch (OperationCanceledException) when (callerLeft.IsCancellationRequested)
        {
            return; // nobody is there to read it
        }
        catch (Exception exception) // the application's own code; the refusal goes out whatever it throws (C8)
        {
            failed = true;
            if (_failures.IsDue(_clock.Now, out long unreported))
            {
                Log.OnShedFailed(_logger, exception, shed.Policy, unreported);
            }
        }
        finally
        {
            request.Answer.EndWriting(progress);
        }

        if (request.IsComplete)
        {
            return; // somebody outside of us completed the response meanwhile
        }

        if (!ProblemAnswer.HasBegun(context.Response))
        {
            await (hasBody ? _problem.SendAsync(request, request.Governor.Documents.Shed(shed.Reason)) : Task.CompletedTask);
        }
        else if (failed)
        {
            context.Abort(); // half an answer must not look whole (C11)
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Request shed by policy '{Policy}': {Reason}, after {WaitedMs} ms in the queue.", EventName = "RequestShed")]
        public static partial void Shed(ILogger logger, string policy, string reason, double waitedMs);

        [LoggerMessage(2, LogLevel.Error, "Shed.OnShed threw for policy '{Policy}'; the refusal was sent all the same. So did {Unreported} others, of any policy, that were not reported.", EventName = "OnShedFailed")]
        public static partial void OnShedFailed(ILogger logger, Exception exception, string policy, long unreported);
    }
}
