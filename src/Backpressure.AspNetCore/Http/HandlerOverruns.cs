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

    public HandlerOverruns(ILogger<HandlerOverruns> logger, TimeoutClock clock, BackpressureMetrics metrics, AbandonedRequests abandoned)
    {
        _logger = logger;
        _clock = clock;
        _metrics = metrics;
        _abandoned = abandoned;
    }

    /// <summary>The stages for one request, which is told when its client is cut off. Changes nothing.</summary>
    public IOverrunStages Of(HttpContext context, string policy, string endpoint, Action onCut) => new HandlerOverrun(this, context, policy, endpoint, onCut);

    public void CountAbandoned(string policy, string endpoint)
    {
        _abandoned.Add(policy);
        if (_reports.IsDue(_clock.Now, out long unreported))
        {
            Log.Abandoned(_logger, endpoint, policy, unreported);
        }
    }

    public void CountReturned(string policy) => _abandoned.Remove(policy);

    public void CountAbort(string policy, string stage) => _metrics.Aborted(policy, stage);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A request of {Endpoint} (policy '{Policy}') runs on long after its deadline: its handler ignores HttpContext.RequestAborted. It keeps its permit until it ends. {Unreported} others like it were not reported.",
            EventName = "HandlerIgnoresItsToken")]
        public static partial void Abandoned(ILogger logger, string endpoint, string policy, long unreported);
    }
}
