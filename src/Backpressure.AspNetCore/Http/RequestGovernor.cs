using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Telemetry;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Http;

/// <summary>Takes a request through admission: asks the gate, waits, counts, and answers what is refused.</summary>
internal sealed class RequestGovernor
{
    private readonly PolicyTable _policies;
    private readonly AdmissionGate _gate;
    private readonly TimeoutClock _clock;
    private readonly BackpressureMetrics _metrics;
    private readonly ShedSummary _summary;
    private readonly ShedWriter _sheds;
    private readonly TimeoutWriter _timeouts;

    public RequestGovernor(
        PolicyTable policies, AdmissionGate gate, TimeoutClock clock, BackpressureMetrics metrics, ShedSummary summary, ShedWriter sheds, TimeoutWriter timeouts)
    {
        _policies = policies;
        _gate = gate;
        _clock = clock;
        _metrics = metrics;
        _summary = summary;
        _sheds = sheds;
        _timeouts = timeouts;
    }

    public EndpointPlan PlanFor(Endpoint? endpoint) => _policies.For(endpoint);

    public GovernedRequest Begin(HttpContext context, EndpointPlan plan, Policy policy) => new(context, plan, policy, _gate, _clock);

    /// <summary>Gets a permit for the request, or answers it.</summary>
    /// <returns>The permit; <see langword="null"/> when the request was answered or its caller has left.</returns>
    public async ValueTask<Permit?> AdmitAsync(GovernedRequest request)
    {
        Policy policy = request.Governor;
        PluggedAnswer answer = policy.Plugged is { } plugged
            ? await AskLimiterAsync(request, plugged)
            : await AskGateAsync(request, policy.Gate!);
        switch (answer.Outcome)
        {
            case Outcome.Granted:
                return Admit(request, answer);
            case Outcome.Cancelled:
                _metrics.Cancelled(policy.Name, request.TimeInQueue);
                MarkClientClosed(request.Context.Response);
                return null;
            default:
                await RefuseAsync(request, answer);
                return null;
        }
    }

    /// <summary>Starts what is left of the request's time.</summary>
    public RequestDeadline Start(GovernedRequest request)
    {
        RequestDeadline deadline = new(_clock.Provider, request.Context.RequestAborted, request);
        if (request.Remaining is { } left)
        {
            deadline.Arm(left);
        }

        return deadline;
    }

    /// <summary>The handler of an admitted request ended.</summary>
    /// <param name="request">The request.</param>
    /// <param name="expired">Whether its deadline struck; at that very instant the clock alone would not tell.</param>
    /// <param name="clientLeft">Whether nobody waits for the answer any more: then no deadline was met.</param>
    public void End(GovernedRequest request, bool expired, bool clientLeft)
    {
        TimeSpan now = _clock.Now;
        bool met = !expired && now <= request.Deadline;
        bool counts = request.HasDeadline && !request.OutlivedDeadline && !clientLeft;
        _metrics.Ended(request.Policy, now - request.ArrivedAt, counts ? met : null);
    }

    /// <summary>The handler threw after its deadline.</summary>
    public void NoteFailure(GovernedRequest request, Exception exception) => _timeouts.NoteFailure(request, exception);

    public Task AnswerTimeoutAsync(GovernedRequest request) => _timeouts.WriteAsync(request);

    private const int Cost = 1;

    private Permit Admit(GovernedRequest request, PluggedAnswer answer)
    {
        Permit permit = new(request.Governor, _gate, _clock, Cost, answer.Lease);
        try
        {
            _metrics.Admitted(request.Policy, request.TimeInQueue, request.IsRetry);
            return permit;
        }
        catch
        {
            permit.Release(); // a listener of metrics is a stranger's code and may throw (C8)
            throw;
        }
    }

    private async ValueTask<PluggedAnswer> AskLimiterAsync(GovernedRequest request, PluggedGate plugged)
    {
        try
        {
            return await PluggedWait.AcquireAsync(request, plugged, _clock);
        }
        catch
        {
            _metrics.Shed(request.Policy, ShedReason.QueueFull, request.TimeInQueue, request.IsRetry); // a limiter that throws has refused, and every arrival is counted once
            throw;
        }
    }

    private async ValueTask<PluggedAnswer> AskGateAsync(GovernedRequest request, PolicyGate gate)
    {
        if (request.Deadline > request.ArrivedAt && _gate.TryEnter(gate, Cost, request.IsRetry, request.ArrivedAt))
        {
            return new PluggedAnswer(Outcome.Granted, default, null);
        }

        TimeSpan now = _clock.Now;
        QueuedRequest waiter = new(gate, _gate, _clock) { Cost = Cost, IsRetry = request.IsRetry, ExpiresAt = request.WaitEndsAt(now) };
        Outcome outcome;
        try
        {
            outcome = await waiter.WaitAsync(now, request.Context.RequestAborted);
        }
        catch
        {
            _metrics.Cancelled(request.Policy, TimeSpan.Zero); // it could not wait and left the queue, which counted it so
            throw;
        }

        request.TimeInQueue = waiter.DecidedAt - waiter.EnqueuedAt;
        return new PluggedAnswer(outcome, waiter.Reason, null);
    }

    private async Task RefuseAsync(GovernedRequest request, PluggedAnswer answer)
    {
        _metrics.Shed(request.Policy, answer.Reason, request.TimeInQueue, request.IsRetry);
        _summary.Note(_clock.Now);
        TimeSpan? atLeast = null;
        if (answer.Lease is { } refusal)
        {
            atLeast = refusal.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan wait) ? wait : null;
            refusal.Dispose();
        }

        await _sheds.WriteAsync(request, answer.Reason, atLeast);
    }

    private static void MarkClientClosed(HttpResponse response)
    {
        if (!response.HasStarted)
        {
            response.StatusCode = StatusCodes.Status499ClientClosedRequest; // nobody reads it but logs and metrics
        }
    }
}
