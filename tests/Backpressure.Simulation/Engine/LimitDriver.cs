using Backpressure.AspNetCore.Admission;
using Backpressure.Simulation.Algorithms;

namespace Backpressure.Simulation.Engine;

/// <summary>Tells the limit under test what happens, wakes it when it asks for that, and moves the limit of the gate when it says so.</summary>
internal sealed class LimitDriver : EventSource
{
    private const int Highest = 1_000_000; // the gate's own

    private readonly Server _server;
    private readonly AdmissionGate _gate;
    private readonly IAlgorithm _algorithm;
    private readonly Plant _plant;
    private readonly ServerMeasures _measures;

    public LimitDriver(Server server, AdmissionGate gate, IAlgorithm algorithm, Plant plant, ServerMeasures measures)
    {
        _server = server;
        _gate = gate;
        _algorithm = algorithm;
        _plant = plant;
        _measures = measures;
        Due = _algorithm.WakeAt.Ticks;
    }

    /// <summary>A request that ran has ended.</summary>
    public void Completed(in Completion completion, long now)
    {
        _algorithm.Complete(completion);
        Apply(now);
    }

    /// <summary>A request could not run at once. <see cref="Apply"/> must follow when the gate has no more to tell.</summary>
    public void Held(bool isShed, long now) => _algorithm.Hold(new TimeSpan(now), _server.InUse, isShed);

    /// <summary>Sees to it that the gate has the limit that the algorithm wants.</summary>
    public void Apply(long now)
    {
        Due = _algorithm.WakeAt.Ticks;
        int limit = LimitOf(_algorithm);
        if (limit != _gate.Limit)
        {
            _measures.Moved(limit, now);
            _server.SetLimit(limit, now);
        }
    }

    public override void Fire(long now)
    {
        _algorithm.Wake(new TimeSpan(now), _plant.Read(now));
        if (_algorithm.WakeAt.Ticks <= now)
        {
            throw new InvalidOperationException($"{_algorithm.GetType().Name} was woken at {new TimeSpan(now)} and wants to be woken at {_algorithm.WakeAt}, which is not later.");
        }

        Apply(now);
    }

    /// <summary>What an algorithm wants, within what the gate can do.</summary>
    public static int LimitOf(IAlgorithm algorithm) => Math.Clamp(algorithm.Limit, 1, Highest);
}
