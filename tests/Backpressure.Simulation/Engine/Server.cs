using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Limits;
using Backpressure.Simulation.Algorithms;

namespace Backpressure.Simulation.Engine;

/// <summary>A server in virtual time: the gate that is shipped, the limit under test, and the stations where the work is done.</summary>
/// <remarks>With a thread pool every request needs a thread before it reaches the gate. It keeps the thread to the end of its handler, except while it waits at the gate: once granted it needs one again.</remarks>
internal sealed class Server
{
    private readonly AdmissionGate _gate;
    private readonly ServerPolicies _policies;
    private readonly LimitDriver _limit;
    private readonly Plant _plant;
    private readonly PoolThreads? _pool;
    private readonly ServerMeasures _measures;
    private long _now;

    public Server(ServerParts parts)
    {
        _gate = parts.Gate;
        _policies = new ServerPolicies(this, _gate, parts.Scenario, parts.Order);
        _measures = parts.Measures;
        _plant = new Plant(this, parts);
        _pool = _plant.Pool;
        _limit = new LimitDriver(this, parts.Gate, parts.Algorithm, _plant, _measures);
    }

    /// <summary>Who sends the requests; to be set before the first comes.</summary>
    public ISenders Senders { get; set; } = null!;

    /// <summary>What happens here by itself.</summary>
    public IEnumerable<EventSource> Sources => [.. _plant.Sources, .. _policies.Sources, _limit];

    public AdmissionGate Gate => _gate;

    public int InUse => _policies.InUse;

    /// <summary>How many are here, waiting or running.</summary>
    public int Load => _policies.InUse + _policies.Waiting + (_pool?.Waiting ?? 0);

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
            Senders.Forget(request);
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

    /// <summary>The thread pool was looked at.</summary>
    public void ReadPool(PoolGuard guard, TimeSpan delay, long now)
    {
        _now = now;
        guard.Note(new TimeSpan(now), delay);
    }

    public void SetLimit(int limit, int ceiling, long now)
    {
        _now = now;
        WaiterChain decided = default;
        _gate.SetCeiling(ceiling, new TimeSpan(now), ref decided);
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
        int others = InUse - 1; // before anybody is granted what it leaves: at the instant of its end
        CompletionKind kind = request.IsFailing ? CompletionKind.Failed : request.IsAbandoned ? CompletionKind.Aborted : CompletionKind.Succeeded;
        WaiterChain decided = default;
        _gate.Leave(request, kind == CompletionKind.Succeeded ? Ending.Served : kind == CompletionKind.Aborted ? Ending.Left : Ending.Failed, time, ref decided);
        decided.CompleteAll();
        _measures.Ended(request, InUse, now);
        _limit.Completed(new Completion(time, time - request.DecidedAt, request.InFlightAtStart, others, kind), now);
        _pool?.Release(request, now);
        Senders.Ended(request, now);
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
                Senders.Forget(request);
                break;
        }
    }

    private void Enter(Request request, long now)
    {
        _now = now;
        _policies.Assign(request);
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
            _policies.Wait(request);
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
        request.InFlightAtStart = InUse;
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
        Senders.Refused(request, now);
    }
}
