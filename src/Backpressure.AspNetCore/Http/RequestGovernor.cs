using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Limits;
using Backpressure.AspNetCore.Telemetry;
using Backpressure.AspNetCore.Timeouts;
using Backpressure.Http.Client;
using Backpressure.Http.DependencyInjection;
using Backpressure.Http.Protocol;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Http;

/// <summary>Takes a request through admission: asks the gate, waits, counts, and answers what is refused.</summary>
internal sealed class RequestGovernor
{
    private readonly PolicyTable _policies;
    private readonly RequestPool _pool;
    private readonly TimeoutClock _clock;
    private readonly BackpressureMetrics _metrics;
    private readonly ShedSummary _summary;
    private readonly ShedWriter _sheds;
    private readonly TimeoutWriter _timeouts;
    private readonly bool _hasClients; // of ours: only they ask for the request that they are called in

    public RequestGovernor(
        PolicyTable policies, RequestPool pool, TimeoutClock clock, BackpressureMetrics metrics, ShedSummary summary, ShedWriter sheds, TimeoutWriter timeouts,
        IEnumerable<ProtectedClient> clients)
    {
        _policies = policies;
        _pool = pool;
        _clock = clock;
        _metrics = metrics;
        _summary = summary;
        _sheds = sheds;
        _timeouts = timeouts;
        _hasClients = clients.Any();
    }

    public EndpointPlan PlanFor(Endpoint? endpoint) => _policies.For(endpoint);

    public GovernedRequest Begin(HttpContext context, EndpointPlan plan, Policy policy)
    {
        GovernedRequest request = _pool.Rent(context, plan, policy);
        if (request.Claims.Junk != RequestFields.None)
        {
            _metrics.JunkHeaders(policy.Name, request.Claims.Junk);
        }

        return request;
    }

    /// <summary>Waits at the gate; answers the request if it is not admitted.</summary>
    /// <returns>Whether it was admitted.</returns>
    public async ValueTask<bool> WaitAsync(GovernedRequest request)
    {
        Outcome outcome;
        try
        {
            outcome = await request.Place.WaitAsync(request.Context);
        }
        catch
        {
            request.Answer.End();
            _metrics.Cancelled(request.Policy, TimeSpan.Zero); // it could not wait and left the queue, which counted it so
            throw;
        }

        request.TimeInQueue = request.Place.TimeInQueue;
        if (outcome == Outcome.Granted && request.Deadline <= _clock.Now)
        {
            outcome = request.Place.TurnBack(); // the thread pool was late: 503 is still true, and the handler could only time out
        }

        return await ConcludeAsync(request, new AdmissionAnswer(outcome, request.Place.Reason, null));
    }

    /// <summary>Asks the limiter that stands in the gate's place; answers the request if it is not admitted.</summary>
    /// <returns>Whether it was admitted.</returns>
    public async ValueTask<bool> AskLimiterAsync(GovernedRequest request)
    {
        AdmissionAnswer answer;
        try
        {
            answer = await PluggedWait.AcquireAsync(request, request.Governor.Plugged!, _clock);
        }
        catch
        {
            request.Answer.End();
            _metrics.Shed(request.Policy, ShedReason.QueueFull, request.TimeInQueue, request.IsRetry); // a limiter that throws has refused, and every arrival is counted once
            throw;
        }

        return await ConcludeAsync(request, answer);
    }

    public void CountAdmitted(GovernedRequest request) => _metrics.Admitted(request.Policy, request.TimeInQueue, request.IsRetry);

    /// <summary>Refuses a request that the gate would not even let wait.</summary>
    public Task RefuseAsync(GovernedRequest request)
    {
        CountShed(request, request.Place.Reason, request.ArrivedAt);
        return _sheds.WriteAsync(request, request.Place.Reason, request.ArrivedAt, atLeast: null);
    }

    /// <summary>Starts what is left of the request's time, and tells the clients of ours that are called from here on.</summary>
    public void Start(GovernedRequest request)
    {
        request.Execution.Start();
        if (_hasClients)
        {
            request.Served = new ServedRequest(request);
            AmbientRequest.Current = request.Served; // flows down from the async method that calls this, and never up
        }
    }

    /// <summary>The handler of an admitted request ended.</summary>
    public void End(GovernedRequest request)
    {
        RequestDeadline deadline = request.Execution.Deadline;
        deadline.End();
        request.Served?.End();
        TimeSpan now = _clock.Now;
        request.EndedAt = now;
        bool met = !deadline.HasExpired && now <= request.Deadline;
        bool counts = request.HasDeadline && !deadline.WasOutlived && (!request.Execution.HasClientLeft || deadline.HasExpired); // who left after the deadline may have been cut off by us
        try
        {
            _metrics.Ended(request.Policy, now - request.ArrivedAt, counts ? met : null);
        }
        finally
        {
            request.Execution.End();
        }
    }

    /// <summary>The handler threw after its deadline.</summary>
    public void NoteFailure(GovernedRequest request, Exception exception) => _timeouts.NoteFailure(request, exception);

    public Task AnswerTimeoutAsync(GovernedRequest request)
    {
        if (!request.Execution.WasCut)
        {
            request.Answer.WatchTimedOut();
        }

        return _timeouts.WriteAsync(request);
    }

    private async ValueTask<bool> ConcludeAsync(GovernedRequest request, AdmissionAnswer answer)
    {
        bool isLost = request.IsComplete; // it may have waited for long
        switch (answer.Outcome)
        {
            case Outcome.Granted:
                request.Answer.End();
                request.Permit.Take(answer.Lease);
                if (isLost)
                {
                    request.Permit.Note(Ending.Ignored); // nothing was done for it
                    request.Permit.Release();
                    CountAdmitted(request);
                }

                return !isLost;
            case Outcome.Cancelled:
                request.Answer.End();
                _metrics.Cancelled(request.Policy, request.TimeInQueue);
                if (!isLost && request.Context.Response is { HasStarted: false } response)
                {
                    response.StatusCode = StatusCodes.Status499ClientClosedRequest; // nobody reads it but logs and metrics
                }

                return false;
            default:
                TimeSpan? atLeast = answer.Lease?.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan wait) == true ? wait : null;
                answer.Lease?.Dispose();
                TimeSpan now = _clock.Now;
                CountShed(request, answer.Reason, now);
                if (!isLost)
                {
                    request.Answer.NoteEnd();
                    await _sheds.WriteAfterWaitAsync(request, answer.Reason, now, atLeast);
                }

                return false;
        }
    }

    private void CountShed(GovernedRequest request, ShedReason reason, TimeSpan now)
    {
        _metrics.Shed(request.Policy, reason, request.TimeInQueue, request.IsRetry);
        _summary.Note(now);
    }
}
