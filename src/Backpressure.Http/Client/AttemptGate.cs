using System.Net;
using Backpressure.Http.Telemetry;

namespace Backpressure.Http.Client;

/// <summary>Decides whether an attempt may go out, and learns from what comes back. What nobody of ours announced has been paid by nobody, and pays here.</summary>
internal sealed class AttemptGate
{
    private readonly AuthorityBudgets _budgets;
    private readonly ClientMetrics _metrics;
    private readonly TimeProvider _time;

    public AttemptGate(AuthorityBudgets budgets, ClientMetrics metrics, TimeProvider time)
    {
        _budgets = budgets;
        _metrics = metrics;
        _time = time;
    }

    /// <summary>Counts and stamps an attempt that may go out; else returns what answers it.</summary>
    public LocalRefusal? Enter(LogicalCall call, HttpRequestMessage request)
    {
        AuthorityBudget target = _budgets.For(request.RequestUri);
        AttemptStart start = call.Begin();
        bool isUnpaid = start.Kind == AttemptKind.Resend || (start.Kind == AttemptKind.First && call.IsGrpcRetry);
        RetryDecision? denial = isUnpaid ? DenyUnpaid(call, request, target, isSentAgain: start.Earlier > 0)
            : start.Kind == AttemptKind.Continuation && call.IsSpentBySending && request.Content is not null ? RetryDecision.NotReplayable
            : start.Kind is AttemptKind.First or AttemptKind.Continuation && !target.TryPass() ? RetryDecision.Throttled
            : null;
        if (isUnpaid)
        {
            _metrics.RetryDecided(denial ?? RetryDecision.Sent);
        }

        if (denial is { } reason)
        {
            call.TakeBack(start);
            return LocalRefusal.For(request, reason);
        }

        if (start.Kind == AttemptKind.First && !call.EarnsNothing)
        {
            call.Budget.Deposit();
        }

        target.CountSent();
        AttemptStamp.Put(call, request, start.Earlier);
        return null;
    }

    public void Note(LogicalCall call, HttpRequestMessage request, HttpResponseMessage response)
    {
        call.NoteAnswer(response.StatusCode);
        bool isFailure = response.StatusCode >= HttpStatusCode.BadRequest;
        if (!isFailure && !response.Headers.NonValidated.Contains(BackpressureHeaders.Backpressure))
        {
            return;
        }

        AuthorityBudget target = _budgets.For(request.RequestUri);
        ServerAdvice advice = ServerAdvice.Read(response, _time.GetUtcNow());
        if (advice.HasReason)
        {
            target.CountRefused();
        }

        if (advice.RetryRatio is { } ratio)
        {
            call.Budget.Adopt(ratio);
        }

        if (isFailure && advice.ShouldRetry == false)
        {
            call.NoteStop(Authority.Of(request.RequestUri));
        }
    }

    private static RetryDecision? DenyUnpaid(LogicalCall call, HttpRequestMessage request, AuthorityBudget target, bool isSentAgain)
    {
        if (call.IsNested)
        {
            return RetryDecision.Nested;
        }

        if (call.IsStoppedBy(Authority.Of(request.RequestUri)))
        {
            return RetryDecision.RefusedByServer;
        }

        if (isSentAgain && call.IsSpentBySending)
        {
            return RetryDecision.NotReplayable;
        }

        if (!target.TryPass())
        {
            return RetryDecision.Throttled;
        }

        return call.Budget.TryWithdraw() ? null : RetryDecision.OverBudget;
    }
}
