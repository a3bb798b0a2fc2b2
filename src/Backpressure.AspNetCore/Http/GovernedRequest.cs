using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Timeouts;
using Backpressure.Http.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Backpressure.AspNetCore.Http;

/// <summary>One request on its way through: who governs it, what its caller says of it, when it came and when its time is over. Used anew once the response is complete.</summary>
/// <remarks>As a feature it also marks the request as governed, so that a second pass (exception handler, re-execution) is let through as part of the first (C9).</remarks>
internal sealed class GovernedRequest : IBackpressureFeature, IDisposable
{
    private readonly TimeoutClock _clock;
    private readonly AdmissionGate _gate;
    private EndpointPlan _plan = EndpointPlan.Exempt;
    private volatile bool _isUnderWay;
    private volatile bool _isDiscarded;
    private volatile bool _isComplete;
    private long _number; // Volatile only

    public GovernedRequest(AdmissionGate gate, TimeoutClock clock, HandlerOverruns overruns, AwaitedAnswers answers)
    {
        _clock = clock;
        _gate = gate;
        Answer = new AnswerSlot(this, answers);
        Place = new QueuedRequest(gate, clock, Answer.WatchWaiting, Answer.NoteShed);
        Permit = new Permit(this, clock);
        Execution = new Execution(this, clock, overruns);
    }

    /// <summary>Its place at the gate.</summary>
    public QueuedRequest Place { get; }

    /// <summary>What it holds once admitted.</summary>
    public Permit Permit { get; }

    /// <summary>Its handler under its deadline.</summary>
    public Execution Execution { get; }

    /// <summary>Its answer, while that is under watch.</summary>
    public AnswerSlot Answer { get; }

    public HttpContext Context { get; private set; } = null!;

    /// <summary>The request as the server sees it.</summary>
    public IHttpRequestFeature Request { get; private set; } = null!;

    /// <summary>Its response as the server sees it; <see langword="null"/> once that is complete.</summary>
    public IHttpResponseFeature? Response { get; private set; }

    public Policy Governor { get; private set; } = null!;

    public TimeSpan ArrivedAt { get; private set; }

    /// <summary>When its handler ended; until then, when it came.</summary>
    public TimeSpan EndedAt { get; set; }

    /// <summary>The name of its endpoint, for logs.</summary>
    public string EndpointName => _plan.Name;

    public TimeoutPlan TimeoutPlan => _plan.Timeout;

    /// <summary>From arrival to deadline; infinite for no deadline.</summary>
    public TimeSpan Timeout { get; private set; }

    /// <summary>The instant, on the clock's scale, when its time is over; the largest value for never.</summary>
    public TimeSpan Deadline => Place.Deadline;

    public bool HasDeadline => Deadline != TimeSpan.MaxValue;

    /// <summary>What its caller says of it.</summary>
    public RequestClaims Claims { get; private set; }

    /// <summary>Whether its caller may raise its own standing, and is told how the server stands.</summary>
    public bool IsTrusted { get; private set; }

    public int Attempt => Claims.Attempt;

    public bool IsRetry => Attempt > 0;

    public TimeSpan TimeInQueue { get; set; }

    /// <summary>What the calls of its handler see of it; <see langword="null"/> where nobody looks.</summary>
    public ServedRequest? Served { get; set; }

    public string Policy => Governor.Name;

    public Criticality Criticality => Place.Criticality;

    public TimeSpan? Remaining => HasDeadline ? new TimeSpan(Math.Max(0, (Deadline - _clock.Now).Ticks)) : null;

    public double Pressure => Governor.Gate is { } gate ? gate.Pressure(_gate.Load, _clock.Now) : Governor.Plugged!.Pressure(_clock.Now);

    /// <summary>Permits in use over the limit; <see langword="null"/> where a limiter of the application does not tell.</summary>
    public double? Load => Governor.Gate?.Load(_gate.Load);

    public bool WouldShed => false;

    /// <summary>Whether the response is complete. While we still work on it that was somebody outside of us who did not wait; then the context is nobody's, or another request's (B12, C12).</summary>
    public bool IsComplete => _isComplete;

    /// <summary>Another one for each request that it is.</summary>
    public long Number => Volatile.Read(ref _number);

    /// <summary>Whether nobody can be about to touch it any more on behalf of the request that it was.</summary>
    public bool IsReusable => !_isUnderWay && Permit.IsReusable && Place is { IsReusable: true, Outcome: not Outcome.Waiting };

    /// <summary>Becomes a request that has just come.</summary>
    /// <param name="context">The request.</param>
    /// <param name="plan">What is known of its endpoint.</param>
    /// <param name="policy">Who governs it.</param>
    /// <param name="cost">The permits that it asks for.</param>
    public void Begin(HttpContext context, EndpointPlan plan, Policy policy, int cost)
    {
        ArrivedAt = _clock.NoteArrival(); // before an application's own code is asked whom it trusts
        IFeatureCollection features = context.Features;
        Request = features.Find<IHttpRequestFeature>()!;
        Claims = CallerHeaders.Read(Request.Headers, CallerHeaders.Understood(policy.Headers));
        IsTrusted = policy.Trust?.Includes(context) == true;
        _plan = plan;
        _isUnderWay = true;
        Volatile.Write(ref _number, _number + 1); // before the next: whoever asks whether it is complete, and then for the number, knows which request that was
        _isComplete = false;
        Context = context;
        Response = features.Find<IHttpResponseFeature>();
        Governor = policy;
        EndedAt = ArrivedAt;
        TimeInQueue = TimeSpan.Zero;
        Timeout = CallerHeaders.Shorten(plan.Timeout.Span, policy.Timeout.Minimum, Claims);
        bool isFar = Timeout == System.Threading.Timeout.InfiniteTimeSpan || Timeout > TimeSpan.MaxValue - ArrivedAt || _clock.IsSuspended; // beyond the end of time (T7)
        Place.Policy = policy.Gate!;
        Place.Cost = cost;
        Place.Criticality = CallerHeaders.Settle(plan.Criticality, Claims, IsTrusted);
        Place.IsRetry = IsRetry;
        Place.Deadline = isFar ? TimeSpan.MaxValue : ArrivedAt + Timeout;
    }

    /// <summary>Puts it to the gate.</summary>
    public Outcome Enter()
    {
        Outcome outcome = Place.Enter(ArrivedAt);
        if (outcome == Outcome.Granted)
        {
            Permit.Take(null);
        }

        return outcome;
    }

    /// <summary>Its handler asked for all the time there is.</summary>
    public void DropDeadline() => Place.Deadline = TimeSpan.MaxValue;

    /// <summary>Whoever took it through admission and handler is done, and does not touch it any more.</summary>
    public void EndRun()
    {
        _isUnderWay = false;
        if (_isDiscarded)
        {
            Dispose();
        }
    }

    /// <summary>Forgets its timers, as soon as nobody works on it: it will not be used again.</summary>
    public void Dispose()
    {
        _isDiscarded = true;
        if (!_isUnderWay)
        {
            Execution.Dispose();
            Place.Dispose();
        }
    }

    /// <summary>The response is complete.</summary>
    public void Complete()
    {
        _isComplete = true;
        if (_isUnderWay)
        {
            Interlocked.MemoryBarrier(); // whoever is about to have the answer or the handler watched sees that it is complete, or is seen here
            Execution.Deadline.LeaveRequest();
        }

        Answer.Complete();
    }

    /// <summary>Lets go of the request that it was.</summary>
    public void End()
    {
        Context = null!;
        Request = null!;
        Response = null;
        Execution.Forget();
        Served?.End();
        Served = null;
        Permit.Reset();
    }
}
