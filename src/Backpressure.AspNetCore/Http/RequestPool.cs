using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.ObjectPool;

namespace Backpressure.AspNetCore.Http;

/// <summary>Keeps the objects that stand for requests, so that neither admitting nor refusing allocates one; an object comes back when the response of its request is complete.</summary>
internal sealed class RequestPool : IDisposable
{
    private const int Kept = 1024; // as many as may well be on their way at once; whatever is above that is left to the garbage collector

    private readonly ObjectPool<GovernedRequest> _pool;
    private readonly Func<object, Task> _return;

    public RequestPool(AdmissionGate gate, TimeoutClock clock, HandlerOverruns overruns, AwaitedAnswers answers)
    {
        _pool = new DefaultObjectPoolProvider { MaximumRetained = Kept }.Create(new Making(gate, clock, overruns, answers)); // disposes what it does not keep
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

    /// <summary>Lets go of the timers of all that it keeps, which would otherwise keep the host alive until they ring (T10).</summary>
    public void Dispose() => (_pool as IDisposable)?.Dispose();

    private sealed class Making(AdmissionGate gate, TimeoutClock clock, HandlerOverruns overruns, AwaitedAnswers answers) : PooledObjectPolicy<GovernedRequest>
    {
        public override GovernedRequest Create() => new(gate, clock, overruns, answers);

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
