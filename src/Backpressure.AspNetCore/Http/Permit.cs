using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Http;

/// <summary>What an admitted request holds; given back once, however often that is asked (B20).</summary>
internal sealed class Permit
{
    private readonly Policy _policy;
    private readonly AdmissionGate _gate;
    private readonly TimeoutClock _clock;
    private readonly int _cost;
    private readonly RateLimitLease? _lease;
    private int _released; // Interlocked only

    public Permit(Policy policy, AdmissionGate gate, TimeoutClock clock, int cost, RateLimitLease? lease)
    {
        _policy = policy;
        _gate = gate;
        _clock = clock;
        _cost = cost;
        _lease = lease;
    }

    public void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) != 0)
        {
            return;
        }

        if (_policy.Plugged is { } plugged)
        {
            plugged.Leave();
            _lease?.Dispose();
            return;
        }

        WaiterChain decided = default;
        _gate.Leave(_policy.Gate!, _cost, _clock.Now, ref decided);
        decided.CompleteAll();
    }

    /// <summary>Keeps the permit to the end of the response: an exception handler or a status-code page may serve it within the same request (C9).</summary>
    public void ReleaseWithResponse(HttpContext context)
    {
        if (context.Response.HasStarted)
        {
            Release();
            return;
        }

        context.Response.OnCompleted(static permit =>
        {
            ((Permit)permit).Release();
            return Task.CompletedTask;
        }, this);

        if (context.Features.Get<IConnectionLifetimeFeature>() is null)
        {
            // a server like TestServer, which completes no response when an exception reaches it, but aborts the request
            context.RequestAborted.UnsafeRegister(static permit => ((Permit)permit!).Release(), this);
        }
    }
}
