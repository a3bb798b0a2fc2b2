using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Http;

/// <summary>One request on its way through: who governs it, what its caller says of it, when it came and when its time is over.</summary>
/// <remarks>As a feature it also marks the request as governed, so that a second pass (exception handler, re-execution) is let through as part of the first (C9).</remarks>
internal sealed class GovernedRequest : IBackpressureFeature
{
    private readonly TimeoutClock _clock;
    private readonly AdmissionGate _gate;

    public GovernedRequest(HttpContext context, EndpointPlan plan, Policy policy, AdmissionGate gate, TimeoutClock clock)
    {
        _clock = clock;
        _gate = gate;
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

    /// <summary>When a wait that begins now must end.</summary>
    public TimeSpan WaitEndsAt
    {
        get
        {
            TimeSpan longest = Governor.MaximumWait;
            TimeSpan end = longest == System.Threading.Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : ArrivedAt + longest;
            return end < Deadline ? end : Deadline;
        }
    }

    public int Attempt { get; }

    public bool IsRetry => Attempt > 0;

    public TimeSpan TimeInQueue { get; set; }

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
}
