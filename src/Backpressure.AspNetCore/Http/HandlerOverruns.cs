using Backpressure.AspNetCore.Telemetry;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Http;

/// <summary>Says what happens to requests that go on after their deadline, counts them, and names one of their endpoints in the log.</summary>
internal sealed partial class HandlerOverruns
{
    private readonly ILogger<HandlerOverruns> _logger;
    private readonly TimeoutClock _clock;
    private readonly BackpressureMetrics _metrics;
    private readonly AbandonedRequests _abandoned;
    private readonly LogThrottle _reports = new();
    private readonly LogThrottle _starved = new();
    private readonly LogThrottle _failures = new();

    public HandlerOverruns(ILogger<HandlerOverruns> logger, TimeoutClock clock, BackpressureMetrics metrics, AbandonedRequests abandoned)
    {
        _logger = logger;
        _clock = clock;
        _metrics = metrics;
        _abandoned = abandoned;
    }

    /// <summary>The stages for one request, which is told when its client is cut off. Changes nothing.</summary>
    public HandlerOverrun Of(GovernedRequest request, HttpContext context, Action onCut) => new(this, request, context, onCut);

    public void CountAbandoned(string policy) => _abandoned.Add(policy);

    public void ReportAbandoned(string policy, string endpoint)
    {
        TimeSpan delay = _clock.PoolDelay;
        if (delay > Overrun.PoolPatience)
        {
            if (_starved.IsDue(_clock.Now, out long others))
            {
                Attempt(() => Log.Starved(_logger, endpoint, policy, delay.TotalMilliseconds, others));
            }

            return; // a handler that awaits goes on only when the pool comes to it
        }

        if (_reports.IsDue(_clock.Now, out long unreported))
        {
            Attempt(() => Log.Abandoned(_logger, endpoint, policy, unreported));
        }
    }

    public void CountReturned(string policy) => _abandoned.Remove(policy);

    public void CountAbort(string policy, string stage) => Attempt(() => _metrics.Aborted(policy, stage));

    /// <summary>What callbacks on a request's token threw at its deadline.</summary>
    public void NoteCallbackFailure(string policy, string endpoint, Exception thrown)
    {
        (_clock.Provider as TimerFdTimeProvider)?.CountCallbackFailure();
        if (_failures.IsDue(_clock.Now, out long unreported))
        {
            Attempt(() => Log.CallbackFailed(_logger, thrown, endpoint, policy, unreported));
        }
    }

    /// <summary>Logs and listeners are a stranger's code; that they fail must keep no client waiting and end no thread.</summary>
    private static void Attempt(Action report)
    {
        try
        {
            report();
        }
        catch (Exception)
        {
            // there is nobody left to tell
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Error, "A callback on HttpContext.RequestAborted of {Endpoint} (policy '{Policy}') threw when the deadline struck; nothing else is affected. {Unreported} others like it were not reported.",
            EventName = "AbortCallbackFailed")]
        public static partial void CallbackFailed(ILogger logger, Exception exception, string endpoint, string policy, long unreported);

        [LoggerMessage(1, LogLevel.Warning, "A request of {Endpoint} (policy '{Policy}') runs on long after its deadline: its handler ignores HttpContext.RequestAborted. It keeps its permit until it ends. {Unreported} others like it were not reported.",
            EventName = "HandlerIgnoresItsToken")]
        public static partial void Abandoned(ILogger logger, string endpoint, string policy, long unreported);

        [LoggerMessage(3, LogLevel.Warning, "A request of {Endpoint} (policy '{Policy}') has not ended long after its deadline, and the thread pool is starved: a work item waits for {DelayMs} ms. Whether its handler honours HttpContext.RequestAborted cannot be told. It keeps its permit until it ends. {Unreported} others like it were not reported.",
            EventName = "PoolStarvedAfterDeadline")]
        public static partial void Starved(ILogger logger, string endpoint, string policy, double delayMs, long unreported);
    }
}
