using Backpressure.Http.Telemetry;

namespace Backpressure.Http.Client;

/// <summary>Grants or denies the next attempt of a logical call after a failed one, counts the decision and waits until it is due.</summary>
internal sealed class RetryPlanner
{
    private readonly int _maximumAttempts;
    private readonly bool _othersRetry;
    private readonly BackOff _backOff;
    private readonly ClientMetrics _metrics;
    private readonly TimeProvider _time;

    /// <param name="maximumAttempts">How often a call is sent at most.</param>
    /// <param name="othersRetry">Whether another handler is known to retry, so that this one leaves it to that.</param>
    /// <param name="backOff">Chooses the delays.</param>
    /// <param name="metrics">Counts the decisions.</param>
    /// <param name="time">The clock.</param>
    public RetryPlanner(int maximumAttempts, bool othersRetry, BackOff backOff, ClientMetrics metrics, TimeProvider time)
    {
        _maximumAttempts = maximumAttempts;
        _othersRetry = othersRetry;
        _backOff = backOff;
        _metrics = metrics;
        _time = time;
    }

    /// <summary>Judges a response. True means that a retry is paid for and must follow after <paramref name="delay"/>.</summary>
    public bool TryPlan(LogicalCall call, HttpRequestMessage request, HttpResponseMessage response, int attempt, out TimeSpan delay)
    {
        if (!RetryRules.IsTransient(response.StatusCode) || response is LocalRefusal)
        {
            delay = TimeSpan.Zero;
            return false;
        }

        ServerAdvice advice = ServerAdvice.Read(response, _time.GetUtcNow());
        return TryPlan(call, RetryRules.Judge(request, response, advice), advice.Delay, attempt, out delay);
    }

    /// <summary>Judges a failure to get a response. True means that a retry is paid for and must follow after <paramref name="delay"/>.</summary>
    public bool TryPlan(LogicalCall call, HttpRequestMessage request, HttpRequestException failure, int attempt, out TimeSpan delay) =>
        TryPlan(call, RetryRules.Judge(request, failure), asked: null, attempt, out delay);

    /// <summary>Waits, never less than the delay, and announces the retry. Where it comes to nothing the budget gets its retry back.</summary>
    public async Task WaitAsync(LogicalCall call, TimeSpan delay, CancellationToken cancellationToken)
    {
        bool due = false;
        TimeSpan withdrawnAt = call.Budget.Now;
        long start = _time.GetTimestamp();
        try
        {
            // A timer may fire a little early, so the clock is asked and not the timer.
            for (TimeSpan left = delay; left > TimeSpan.Zero; left = delay - _time.GetElapsedTime(start))
            {
                await Task.Delay(Rounding.UpToMilliseconds(left), _time, cancellationToken).ConfigureAwait(false);
            }

            cancellationToken.ThrowIfCancellationRequested();
            due = call.Remaining > TimeSpan.Zero ? true : throw CallDeadline.Expired(call);
        }
        finally
        {
            if (!due)
            {
                call.Budget.Refund(withdrawnAt);
            }
        }

        call.AllowRetry();
        _metrics.RetryDecided(RetryDecision.Sent);
    }

    private bool TryPlan(LogicalCall call, RetryVerdict verdict, TimeSpan? asked, int attempt, out TimeSpan delay)
    {
        delay = TimeSpan.Zero;
        if (verdict == RetryVerdict.Final || _othersRetry || call.OthersResend)
        {
            return false;
        }

        RetryDecision? denial = Deny(call, verdict, asked, attempt, out delay);
        if (denial is RetryDecision reason)
        {
            _metrics.RetryDecided(reason);
        }

        return denial is null;
    }

    private RetryDecision? Deny(LogicalCall call, RetryVerdict verdict, TimeSpan? asked, int attempt, out TimeSpan delay)
    {
        delay = TimeSpan.Zero;
        switch (verdict)
        {
            case RetryVerdict.RefusedByServer:
                return RetryDecision.RefusedByServer;
            case RetryVerdict.NotReplayable:
                return RetryDecision.NotReplayable;
        }

        if (call.IsNested)
        {
            return RetryDecision.Nested;
        }

        if (attempt >= _maximumAttempts)
        {
            return RetryDecision.NoAttempts;
        }

        delay = _backOff.Next(attempt, asked);
        if (delay >= call.Remaining)
        {
            return RetryDecision.NoTime;
        }

        if (!call.Budget.TryPass())
        {
            return RetryDecision.Throttled;
        }

        return call.Budget.TryWithdraw() ? null : RetryDecision.OverBudget;
    }
}
