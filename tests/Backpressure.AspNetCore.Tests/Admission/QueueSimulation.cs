using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Limits;
using Backpressure.AspNetCore.Retries;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>Drives a gate in virtual time: requests come, hold their permits for their service time, and leave when their wait is over.</summary>
internal sealed class QueueSimulation
{
    private readonly PriorityQueue<(SimulatedRequest Request, bool IsAnswer), (TimeSpan At, long Number)> _events = new(); // the end of a service, or of a wait
    private readonly List<SimulatedRequest> _requests = [];
    private long _eventNumber;

    public QueueSimulation(SlowService service, PolicySettings settings, RetryAllowance? retries = null)
    {
        Gate = new AdmissionGate(service.Permits);
        Policy = Gate.AddPolicy("simulated", settings, retries);
    }

    public AdmissionGate Gate { get; }

    public PolicyGate Policy { get; }

    public TimeSpan Now { get; private set; }

    /// <summary>How long after its arrival a caller gives up, as the gate is told.</summary>
    public TimeSpan ClientDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Called after every event, with the request that it concerned.</summary>
    public Action<SimulatedRequest>? AfterEach { get; set; }

    /// <summary>Lets the requests come, in that order, and runs until the last of them has been answered or turned away.</summary>
    public SimulationResult Run(IEnumerable<Arrival> arrivals)
    {
        TimeSpan last = TimeSpan.Zero;
        foreach (Arrival arrival in arrivals)
        {
            RunUntil(arrival.At);
            Now = arrival.At;
            last = arrival.At;
            Enter(arrival);
        }

        RunUntil(TimeSpan.MaxValue);
        return new SimulationResult(_requests, last);
    }

    /// <summary>Takes a waiter out, as if its caller had left.</summary>
    public void Withdraw(Waiter waiter)
    {
        WaiterChain decided = default;
        Gate.Withdraw(waiter, Now, ref decided);
        decided.CompleteAll();
    }

    public void Configure(PolicySettings settings)
    {
        WaiterChain decided = default;
        Gate.Configure(Policy, settings, Now, ref decided);
        decided.CompleteAll();
    }

    private void RunUntil(TimeSpan time)
    {
        while (_events.TryPeek(out (SimulatedRequest Request, bool IsAnswer) next, out (TimeSpan At, long Number) due) && due.At <= time)
        {
            _events.Dequeue();
            if (next.IsAnswer || next.Request.Outcome == Outcome.Waiting)
            {
                Now = due.At;
                End(next.Request, next.IsAnswer);
                AfterEach?.Invoke(next.Request);
            }
        }
    }

    private void Enter(Arrival arrival)
    {
        SimulatedRequest request = new(arrival, Settle) { Policy = Policy, IsRetry = arrival.IsRetry, Criticality = arrival.Criticality, Deadline = Now + ClientDeadline };
        _requests.Add(request);
        WaiterChain decided = default;
        if (Gate.Enter(request, Now, ref decided) == Outcome.Granted)
        {
            Settle(request);
        }

        if (request.Outcome == Outcome.Waiting)
        {
            Schedule(request, isAnswer: false, request.ExpiresAt);
        }

        decided.CompleteAll();
        AfterEach?.Invoke(request);
    }

    private void End(SimulatedRequest request, bool isAnswer)
    {
        WaiterChain decided = default;
        if (isAnswer)
        {
            Gate.Leave(request, Ending.Served, Now, ref decided);
        }
        else
        {
            Gate.Expire(request, Now, ref decided);
        }

        decided.CompleteAll();
    }

    private void Settle(SimulatedRequest request)
    {
        if (request.Outcome == Outcome.Granted)
        {
            Schedule(request, isAnswer: true, request.EndsAt);
        }
    }

    private void Schedule(SimulatedRequest request, bool isAnswer, TimeSpan at) => _events.Enqueue((request, isAnswer), (at, _eventNumber++));
}
