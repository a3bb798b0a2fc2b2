using Backpressure.AspNetCore;
using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Retries;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Engine;

/// <summary>The policies of a server, and which of them the requests of each class belong to.</summary>
internal sealed class ServerPolicies
{
    private readonly PolicyGate[] _gates; // the default one first
    private readonly WaitEnds[] _waitEnds; // one each: within a policy all may wait equally long
    private readonly int[] _ofClass;

    public ServerPolicies(Server server, AdmissionGate gate, Scenario scenario, QueueOrder order)
    {
        PolicyModel[] models = [new PolicyModel(PolicyReading.DefaultPolicy, null, null), .. scenario.Policies];
        _gates = [.. models.Select(model => gate.AddPolicy(model.Name, Settings(model, scenario.Queue, order), Retries(order)))];
        _waitEnds = [.. models.Select(_ => new WaitEnds(server))];
        _ofClass = [.. scenario.Classes.Select(one => one.Policy + 1 ?? 0)];
    }

    public IEnumerable<EventSource> Sources => _waitEnds;

    /// <summary>The permits in use.</summary>
    public int InUse
    {
        get
        {
            int sum = 0;
            foreach (PolicyGate gate in _gates)
            {
                sum += gate.InUse;
            }

            return sum;
        }
    }

    /// <summary>How many wait.</summary>
    public int Waiting => _gates.Sum(gate => gate.Waiting.Count);

    public void Assign(Request request) => request.Policy = _gates[_ofClass[request.Class]];

    /// <summary>A request waits from now on.</summary>
    public void Wait(Request request) => _waitEnds[_ofClass[request.Class]].Add(request);

    private static PolicySettings Settings(PolicyModel model, QueueModel common, QueueOrder order)
    {
        QueueModel queue = model.Queue ?? common;
        return new PolicySettings { Cap = model.Cap, QueueCapacity = queue.Capacity, MaximumWait = queue.MaximumWait, Order = order };
    }

    private static RetryAllowance? Retries(QueueOrder order) => order == QueueOrder.Adaptive ? new RetryAllowance(new RetryBudgetOptions()) : null; // the others have a plain queue
}
