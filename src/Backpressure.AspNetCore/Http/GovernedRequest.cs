using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Backpressure.AspNetCore.Http;

/// <summary>One request on its way through: who governs it, what its caller says of it, when it came and when its time is over.</summary>
/// <remarks>As a feature it also marks the request as governed, so that a second pass (exception handler, re-execution) is let through as part of the first (C9).</remarks>
internal sealed class GovernedRequest : IBackpressureFeature, IExpiryWitness
{
    private readonly TimeoutClock _clock;
    private readonly AdmissionGate _gate;
    private readonly IHttpResponseFeature _response;
    private readonly bool _isTimeoutExplicit;
    private volatile bool _hadBegun;
    private volatile bool _outlived;

    public GovernedRequest(HttpContext context, EndpointPlan plan, Policy policy, AdmissionGate gate, TimeoutClock clock)
    {
        _clock = clock;
        _gate = gate;
        _response = context.Features.GetRequiredFeature<IHttpResponseFeature>(); // asked by the timer, which must not touch a context that may be in use for another request
        _isTimeoutExplicit = plan.IsTimeoutExplicit;
        Context = context;
        Governor = policy;
        ArrivedAt = clock.Now;
        Attempt = CallerHeaders.Attempt(context.Request.Headers);
        Timeout = CallerHeaders.Shorten(plan.Timeout, policy.Timeout.Minimum, context.Request.Headers);
        bool isFar = Timeout == System.Threading.Timeout.InfiniteTimeSpan || Timeout > TimeSpan.MaxValue - ArrivedAt; // beyond the end of time (T7)
        Deadline = isFar ? TimeSpan.MaxValue : ArrivedAt + Timeout;
    }

    public HttpContext Context { get; }

    public Policy Governor { get; }

    public TimeSpan ArrivedAt { get; }

    /// <summary>From arrival to deadline; infinite for no deadline.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>The instant, on the clock's scale, when its time is over; the largest value for never.</summary>
    public TimeSpan Deadline { get; }

    public bool HasDeadline => Deadline != TimeSpan.MaxValue;

    public int Attempt { get; }

    public bool IsRetry => Attempt > 0;

    public TimeSpan TimeInQueue { get; set; }

    /// <summary>Whether a part of the answer was on its way when the deadline struck: then what follows must not look whole (C11).</summary>
    public bool HadBegun => _hadBegun;

    /// <summary>Whether the deadline passed over it because its answer was on its way.</summary>
    public bool OutlivedDeadline => _outlived;

    public string Policy => Governor.Name;

    public Criticality Criticality => Criticality.Normal;

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

    public double Pressure => Governor.Gate is { } gate ? _gate.PressureOn(gate, _clock.Now) : Governor.Plugged!.Pressure(_clock.Now);

    public bool WouldShed => false;

    /// <summary>Once the response has begun only a timeout that the endpoint itself set may strike: a long download must not be cut by a default.</summary>
    public bool MayExpire()
    {
        bool begun = _response.HasStarted;
        _outlived = begun && !_isTimeoutExplicit;
        _hadBegun = begun && _isTimeoutExplicit;
        return !_outlived;
    }

    /// <summary>When a wait that begins now must end.</summary>
    public TimeSpan WaitEndsAt(TimeSpan now)
    {
        TimeSpan longest = Governor.MaximumWait;
        TimeSpan end = longest == System.Threading.Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : now + longest;
        return end < Deadline ? end : Deadline;
    }
}
