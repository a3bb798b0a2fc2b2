using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Http;

/// <summary>Keeps the objects that stand for requests, so that neither admitting nor refusing allocates one; an object comes back when the response of its request is complete.</summary>
internal sealed class RequestPool : IDisposable
{
    private const int Kept = 1024; // as many as may well be on their way at once; whatever is above that is left to the garbage collector

    private readonly SparePool<GovernedRequest> _pool;
    private readonly Func<object, Task> _return;

    public RequestPool(AdmissionGate gate, TimeoutClock clock, HandlerOverruns overruns, AwaitedAnswers answers)
    {
        _pool = new SparePool<GovernedRequest>(() => new GovernedRequest(gate, clock, overruns, answers), Kept);
        _return = state =>
        {
            GovernedRequest request = (GovernedRequest)state;
            request.Complete();
            Return(request);
            return Task.CompletedTask;
        };
    }

    /// <summary>A request that has just come, and is governed.</summary>
    public GovernedRequest Rent(HttpContext context, EndpointPlan plan, Policy policy)
    {
        int cost = plan.Cost is { } costOf ? Math.Max(1, costOf(context)) : 1; // first, for it is a stranger's code and may throw (C8)
        GovernedRequest request = _pool.Get();
        request.Begin(context, plan, policy, cost);
        request.Response!.OnCompleted(_return, request); // registered first, so that it runs last
        return request;
    }

    /// <summary>Lets go of the timers of all that it keeps, which would otherwise keep the host alive until they ring (T10).</summary>
    public void Dispose() => _pool.Dispose();

    private void Return(GovernedRequest request)
    {
        if (request.IsReusable)
        {
            request.End();
            _pool.Return(request);
        }
        else
        {
            request.Dispose();
        }
    }
}
