using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Http;
using Backpressure.AspNetCore.Retries;
using Backpressure.AspNetCore.Tests.Hosting;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class PermitTests
{
    private readonly AdmissionGate _gate = new(2);
    private readonly TimeoutClock _clock = new(new FakeTimeProvider());
    private readonly RetryAllowance _retries = new(new RetryBudgetOptions());

    [Fact] // B20
    public void A_permit_is_given_back_once_however_often_that_is_asked()
    {
        PolicyGate policy = _gate.AddPolicy("default", null, 0, _retries);
        Assert.True(_gate.TryEnter(policy, 1, false, TimeSpan.Zero) && _gate.TryEnter(policy, 1, false, TimeSpan.Zero));
        Permit permit = new(PolicyOf(policy, null), _gate, _clock, 1, null);

        permit.Release();
        permit.Release();

        Assert.Equal(1, _gate.Read().InUse);
    }

    [Fact] // B20
    public void A_lease_of_the_applications_limiter_is_disposed_once_however_often_that_is_asked()
    {
        using StrangersLimiter limiter = new();
        StrangersLease lease = new(true);
        PluggedGate plugged = new("default", limiter, _retries);
        plugged.Admit();
        plugged.Admit();
        Permit permit = new(PolicyOf(null, plugged), _gate, _clock, 1, lease);

        permit.Release();
        permit.Release();

        Assert.Equal((1, 1), (plugged.Read().InUse, lease.Disposals));
    }

    [Fact]
    public void A_permit_that_waits_for_the_end_of_the_response_goes_back_when_its_caller_leaves_before()
    {
        PolicyGate policy = _gate.AddPolicy("default", null, 0, _retries);
        Assert.True(_gate.TryEnter(policy, 1, false, TimeSpan.Zero));
        using CancellationTokenSource caller = new();
        Permit permit = new(PolicyOf(policy, null), _gate, _clock, 1, null);

        permit.ReleaseWithResponse(new DefaultHttpContext { RequestAborted = caller.Token });
        Assert.Equal(1, _gate.Read().InUse);

        caller.Cancel();
        Assert.Equal(0, _gate.Read().InUse);
    }

    private static Policy PolicyOf(PolicyGate? gate, PluggedGate? plugged) => new()
    {
        Name = "default",
        IsOff = false,
        Gate = gate,
        Plugged = plugged,
        MaximumWait = TimeSpan.FromSeconds(1),
        Timeout = new TimeoutOptions(),
        SetsTimeout = false,
        Shed = new ShedOptions(),
        Bodies = new ProblemBodies(503, 504),
    };
}
