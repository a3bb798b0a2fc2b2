using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Backpressure.Http.Telemetry;

/// <summary>Counts what the client's handlers do.</summary>
internal sealed class ClientMetrics
{
    public const string Requests = "backpressure.client.requests";
    public const string Retries = "backpressure.client.retries";
    public const string ResultTag = "backpressure.client.result";
    public const string DecisionTag = "backpressure.retry.decision";

    private readonly Counter<long> _requests;
    private readonly Counter<long> _retries;

    public ClientMetrics(IMeterFactory meterFactory)
    {
        Meter meter = meterFactory.Create(BackpressureHttpMeter.Name);
        _requests = meter.CreateCounter<long>(Requests, "{request}", "Logical calls that ended, by result. Retries of a call are not counted here.");
        _retries = meter.CreateCounter<long>(Retries, "{request}", "Retries that failed attempts called for, by what became of them.");

        // A series must stand at zero before its first event, or a rate over it misses that event.
        foreach (CallResult result in Enum.GetValues<CallResult>())
        {
            Add(_requests, 0, ResultTag, Text(result));
        }

        foreach (RetryDecision decision in Enum.GetValues<RetryDecision>())
        {
            Add(_retries, 0, DecisionTag, Text(decision));
        }
    }

    public void CallEnded(CallResult result) => Add(_requests, 1, ResultTag, Text(result));

    public void RetryDecided(RetryDecision decision) => Add(_retries, 1, DecisionTag, Text(decision));

    public static string Text(CallResult result) => result switch
    {
        CallResult.Success => "success",
        CallResult.Failure => "failure",
        CallResult.Refused => "refused",
        CallResult.TimedOut => "timed_out",
        CallResult.Canceled => "canceled",
        _ => throw new UnreachableException(),
    };

    public static string Text(RetryDecision decision) => decision switch
    {
        RetryDecision.Sent => "sent",
        RetryDecision.OverBudget => "over_budget",
        RetryDecision.Throttled => "throttled",
        RetryDecision.Nested => "nested",
        RetryDecision.NoTime => "no_time",
        RetryDecision.NoAttempts => "no_attempts",
        RetryDecision.RefusedByServer => "refused_by_server",
        RetryDecision.NotReplayable => "not_replayable",
        _ => throw new UnreachableException(),
    };

    private static void Add(Counter<long> counter, long delta, string tag, string value)
    {
        if (counter.Enabled)
        {
            counter.Add(delta, new KeyValuePair<string, object?>(tag, value));
        }
    }
}
