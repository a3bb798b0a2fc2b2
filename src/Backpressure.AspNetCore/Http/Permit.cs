using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Http;

/// <summary>What an admitted request holds; given back once, however often that is asked (B20), and not before a second pass that works under it has ended.</summary>
internal sealed class Permit
{
    private readonly Policy _policy;
    private readonly AdmissionGate _gate;
    private readonly TimeoutClock _clock;
    private readonly int _cost;
    private readonly RateLimitLease? _lease;
    private int _holds = 1; // Interlocked only: the request itself, and each second pass
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
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            LetGo();
        }
    }

    /// <summary>Keeps the permit for one more user, who ends with <see cref="LetGo"/>.</summary>
    /// <returns><see langword="false"/> when it was given back already.</returns>
    public bool TryHold()
    {
        int holds = Volatile.Read(ref _holds);
        while (holds > 0)
        {
            int before = Interlocked.CompareExchange(ref _holds, holds + 1, holds);
            if (before == holds)
            {
                return true;
            }

            holds = before;
        }

        return false;
    }

    public void LetGo()
    {
        if (Interlocked.Decrement(ref _holds) == 0)
        {
            GiveBack();
        }
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

        // TestServer completes no response when an exception reaches it, but aborts the request; a second pass that still runs then holds the permit itself
        context.RequestAborted.UnsafeRegister(static permit => ((Permit)permit!).Release(), this);
    }

    private void GiveBack()
    {
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
}
