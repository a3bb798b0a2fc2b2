using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Backpressure.AspNetCore.Http;

/// <summary>One request on its way through: who governs it, what its caller says of it, when it came and when its time is over. Used anew once the response is complete.</summary>
/// <remarks>As a feature it also marks the request as governed, so that a second pass (exception handler, re-execution) is let through as part of the first (C9).</remarks>
internal sealed class GovernedRequest : IBackpressureFeature, IExpiryWitness
{
    private readonly TimeoutClock _clock;
    private readonly AdmissionGate _gate;
    private IHttpResponseFeature? _response;
    private bool _isTimeoutExplicit;
    private volatile bool _isUnderWay;

    public GovernedRequest(AdmissionGate gate, TimeoutClock clock)
    {
        _clock = clock;
        _gate = gate;
        Place = new QueuedRequest(gate, clock);
        Permit = new Permit(this, clock);
    }

    /// <summary>Its place at the gate.</summary>
    public QueuedRequest Place { get; }

    /// <summary>What it holds once admitted.</summary>
    public Permit Permit { get; }

    public HttpContext Context { get; private set; } = null!;

    public Policy Governor { get; private set; } = null!;

    public TimeSpan ArrivedAt { get; private set; }

    /// <summary>From arrival to deadline; infinite for no deadline.</summary>
    public TimeSpan Timeout { get; private set; }

    /// <summary>The instant, on the clock's scale, when its time is over; the largest value for never.</summary>
    public TimeSpan Deadline => Place.Deadline;

    public bool HasDeadline => Deadline != TimeSpan.MaxValue;

    public int Attempt { get; private set; }

    public bool IsRetry => Attempt > 0;

    public TimeSpan TimeInQueue { get; set; }

    /// <summary>What the calls of its handler see of it; <see langword="null"/> where nobody looks.</summary>
    public ServedRequest? Served { get; set; }

    public string Policy => Governor.Name;

    public Criticality Criticality => Place.Criticality;

    public TimeSpan? Remaining
    {
        get
        {
            if (!HasDeadline)
            {
                return null;
            }

            TimeSpan left = Deadline - _clock.Now;
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public double Pressure => Governor.Gate is { } gate ? gate.Pressure(_gate.Load, _clock.Now) : Governor.Plugged!.Pressure(_clock.Now);

    public bool WouldShed => false;

    /// <summary>Whether nobody can be about to touch it any more on behalf of the request that it was. A response may be complete while we still work: somebody outside of us did not wait (B12, C12).</summary>
    public bool IsReusable => !_isUnderWay && Permit.IsReusable && Place is { IsReusable: true, Outcome: not Outcome.Waiting };

    /// <summary>Becomes a request that has just come.</summary>
    /// <param name="context">The request.</param>
    /// <param name="plan">What is known of its endpoint.</param>
    /// <param name="policy">Who governs it.</param>
    /// <param name="cost">The permits that it asks for.</param>
    public void Begin(HttpContext context, EndpointPlan plan, Policy policy, int cost)
    {
        IHeaderDictionary headers = context.Request.Headers;
        _response = context.Features.GetRequiredFeature<IHttpResponseFeature>(); // asked by the timer, which must not touch a context that may be in use for another request
        _isTimeoutExplicit = plan.IsTimeoutExplicit;
        _isUnderWay = true;
        Context = context;
        Governor = policy;
        ArrivedAt = _clock.Now;
        TimeInQueue = TimeSpan.Zero;
        Attempt = CallerHeaders.Attempt(headers);
        Timeout = CallerHeaders.Shorten(plan.Timeout, policy.Timeout.Minimum, headers, policy.Headers);
        bool isFar = Timeout == System.Threading.Timeout.InfiniteTimeSpan || Timeout > TimeSpan.MaxValue - ArrivedAt; // beyond the end of time (T7)
        Place.Policy = policy.Gate!;
        Place.Cost = cost;
        Place.Criticality = CallerHeaders.Lower(plan.Criticality, headers);
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

    /// <summary>Whoever took it through admission and handler is done, and does not touch it any more.</summary>
    public void EndRun() => _isUnderWay = false;

    /// <summary>Whether a context still serves this request. It does not once the response was completed by somebody outside who did not wait for us; then it is nobody's, or another request's.</summary>
    public bool Owns(HttpContext context)
    {
        try
        {
            return context.Features.Get<IBackpressureFeature>() == this;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Lets go of the request that it was.</summary>
    public void End()
    {
        Context = null!;
        _response = null;
        Served?.End();
        Served = null;
        Permit.Reset();
    }

    /// <summary>Once the response has begun only a timeout that the endpoint itself set may strike: a long download must not be cut by a default.</summary>
    public ExpiryVerdict Judge()
    {
        if (_response?.HasStarted != true)
        {
            return ExpiryVerdict.Strike;
        }

        return _isTimeoutExplicit ? ExpiryVerdict.StrikeBegun : ExpiryVerdict.Pass;
    }
}
