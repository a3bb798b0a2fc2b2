using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.ObjectPool;

namespace Backpressure.AspNetCore.Http;

/// <summary>Keeps the objects that stand for requests, so that neither admitting nor refusing allocates one; an object comes back when the response of its request is complete.</summary>
internal sealed class RequestPool
{
    private const int Kept = 1024; // as many as may well be on their way at once; whatever is above that is left to the garbage collector

    private readonly DefaultObjectPool<GovernedRequest> _pool;
    private readonly Func<object, Task> _return;

    public RequestPool(AdmissionGate gate, TimeoutClock clock)
    {
        _pool = new DefaultObjectPool<GovernedRequest>(new Making(gate, clock), Kept);
        _return = state =>
        {
            GovernedRequest request = (GovernedRequest)state;
            request.Complete();
            _pool.Return(request);
            return Task.CompletedTask;
        };
    }

    /// <summary>A request that has just come, and is governed.</summary>
    public GovernedRequest Rent(HttpContext context, EndpointPlan plan, Policy policy)
    {
        int cost = plan.Cost is { } costOf ? Math.Max(1, costOf(context)) : 1; // first, for it is a stranger's code and may throw (C8)
        GovernedRequest request = _pool.Get();
        request.Begin(context, plan, policy, cost);
        context.Response.OnCompleted(_return, request); // registered first, so that it runs last
        return request;
    }

    private sealed class Making(AdmissionGate gate, TimeoutClock clock) : PooledObjectPolicy<GovernedRequest>
    {
        public override GovernedRequest Create() => new(gate, clock);

        public override bool Return(GovernedRequest request)
        {
            if (!request.IsReusable)
            {
                return false;
            }

            request.End();
            return true;
        }
    }
}
