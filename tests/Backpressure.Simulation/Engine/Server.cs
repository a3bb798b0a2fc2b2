using Backpressure.AspNetCore.Admission;
using Backpressure.Simulation.Algorithms;

namespace Backpressure.Simulation.Engine;

/// <summary>A server in virtual time: the gate that is shipped, the limit under test, and the stations where the work is done.</summary>
/// <remarks>With a thread pool every request needs a thread before it reaches the gate. It keeps the thread to the end of its handler, except while it waits at the gate: once granted it needs one again.</remarks>
internal sealed class Server
{
    private readonly AdmissionGate _gate;
    private readonly PolicyGate _policy;
    private readonly LimitDriver _limit;
    private readonly WaitEnds _waitEnds;
    private readonly Plant _plant;
    private readonly PoolThreads? _pool;
    private readonly ServerMeasures _measures;
    private long _now;

    public Server(ServerParts parts)
    {
        _policy = parts.Gate.AddPolicy("simulated", parts.Settings, parts.Retries);
        _gate = parts.Gate;
        _measures = parts.Measures;
        _plant = new Plant(this, parts.Scenario);
        _pool = _plant.Pool;
        _limit = new LimitDriver(this, parts.Gate, parts.Algorithm, _plant, _measures);
        _waitEnds = new WaitEnds(this);
    }

    /// <summary>Who sends the requests; to be set before the first comes.</summary>
    public Clients Clients { get; set; } = null!;

    /// <summary>What happens here by itself.</summary>
    public IEnumerable<EventSource> Sources => [.. _plant.Sources, _waitEnds, _limit];

    public AdmissionGate Gate => _gate;

    public int InUse => _policy.InUse;

    /// <summary>A request comes.</summary>
    public void Arrive(Request request, long now)
    {
        _now = now;
        _measures.Arrived(now);
        if (_pool is null)
        {
            Enter(request, now);
        }
        else
        {
            _pool.Dispatch(request, now);
        }
    }

    /// <summary>A request has got a thread: to ask the gate, or to go on after it waited there.</summary>
    public void OnThread(Request request, long now)
    {
        if (request.Outcome == Outcome.Granted)
        {
            _plant.Begin(request, now);
        }
        else if (request.IsAbandoned)
        {
            _pool!.Release(request, now);
            Clients.Forget(request);
        }
        else
        {
            Enter(request, now);
        }
    }

    /// <summary>The client of a request has left.</summary>
    public void CallerLeft(Request request, long now)
    {
        if (request.Outcome == Outcome.Waiting)
        {
            _now = now;
            WaiterChain decided = default;
            _gate.Withdraw(request, new TimeSpan(now), ref decided);
            Settle(ref decided, now);
        }
    }

    /// <summary>The time that a request may wait is over.</summary>
    public void WaitEnded(Request request, long now)
    {
        _now = now;
        WaiterChain decided = default;
        _gate.Expire(request, new TimeSpan(now), ref decided);
        Settle(ref decided, now);
    }

    public void SetLimit(int limit, long now)
    {
        _now = now;
        WaiterChain decided = default;
        _gate.SetLimit(limit, new TimeSpan(now), ref decided);
        decided.CompleteAll();
    }

    /// <summary>A step of a request is done.</summary>
    public void Advance(Request request, long now)
    {
        if (_plant.Continue(request, now))
        {
            return;
        }

        _now = now;
        TimeSpan time = new(now);
        int others = _policy.InUse - 1; // before anybody is granted what it leaves: at the instant of its end
        CompletionKind kind = request.IsAbandoned ? CompletionKind.Aborted : CompletionKind.Succeeded;
        WaiterChain decided = default;
        _gate.Leave(request, kind == CompletionKind.Succeeded, time, ref decided);
        decided.CompleteAll();
        _measures.Ended(request, _policy.InUse, now);
        _limit.Completed(new Completion(time, time - request.DecidedAt, request.InFlightAtStart, others, kind), now);
        _pool?.Release(request, now);
        Clients.Answered(request, now);
    }

    /// <summary>The gate has decided about a request that waited.</summary>
    public void Decided(Request request)
    {
        switch (request.Outcome)
        {
            case Outcome.Granted:
                Grant(request, _now);
                break;
            case Outcome.Shed:
                Refuse(request, _now);
                break;
            default:
                Clients.Forget(request);
                break;
        }
    }

    private void Enter(Request request, long now)
    {
        _now = now;
        request.Policy = _policy;
        WaiterChain decided = default;
        Outcome outcome = _gate.Enter(request, new TimeSpan(now), ref decided);
        if (outcome == Outcome.Granted)
        {
            Grant(request, now);
            Settle(ref decided, now);
            return;
        }

        if (request.Outcome == Outcome.Waiting)
        {
            _waitEnds.Add(request);
        }

        _pool?.Release(request, now); // it does not run
        if (outcome == Outcome.Waiting)
        {
            _limit.Held(isShed: false, now);
        }
        else
        {
            Refuse(request, now);
        }

        Settle(ref decided, now);
    }

    private void Settle(ref WaiterChain decided, long now)
    {
        decided.CompleteAll();
        _limit.Apply(now);
    }

    private void Grant(Request request, long now)
    {
        request.InFlightAtStart = _policy.InUse;
        _measures.Granted(request.InFlightAtStart, now);
        if (_pool is null || request.HoldsThread)
        {
            _plant.Begin(request, now);
        }
        else
        {
            _pool.Dispatch(request, now);
        }
    }

    private void Refuse(Request request, long now)
    {
        _measures.Shed(now);
        _limit.Held(isShed: true, now);
        Clients.Refused(request, now);
    }
}
