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
    private readonly PoolGuard? _guard; // of a gate that is steered
    private int _limit; // like the next what the gate was told last
    private int _ceiling = int.MaxValue;

    public LimitDriver(Server server, AdmissionGate gate, IAlgorithm algorithm, Plant plant, ServerMeasures measures)
    {
        _server = server;
        _gate = gate;
        _algorithm = algorithm;
        _plant = plant;
        _measures = measures;
        _guard = gate.Pilot is null ? null : new PoolGuard(gate, Unstrained(), caps: []);
        _limit = gate.Limit;
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
        if (_guard is not null)
        {
            NoteSteered(limit, now);
            return;
        }

        _measures.Settled(Math.Min(_algorithm.SettledLimit, _algorithm.Ceiling), now);
        if (limit != _limit || _algorithm.Ceiling != _ceiling)
        {
            _limit = limit;
            _ceiling = _algorithm.Ceiling;
            _measures.Moved(Math.Min(limit, _ceiling), now);
            _server.SetLimit(limit, _ceiling, now);
        }
    }

    public override void Fire(long now)
    {
        ServerReading reading = _plant.Read(now) with { InUse = _gate.InUse, ServiceTime = _gate.ServiceTime };
        _algorithm.Wake(new TimeSpan(now), reading);
        if (_guard is not null)
        {
            _server.ReadPool(_guard, reading.DispatchDelay, now);
        }

        if (_algorithm.WakeAt.Ticks <= now)
        {
            throw new InvalidOperationException($"{_algorithm.GetType().Name} was woken at {new TimeSpan(now)} and wants to be woken at {_algorithm.WakeAt}, which is not later.");
        }

        Apply(now);
    }

    /// <summary>The gate was moved by its own pilot and guard, where they wanted that.</summary>
    private void NoteSteered(int limit, long now)
    {
        _measures.Settled(_gate.Limit < limit ? Math.Min(_algorithm.SettledLimit, _gate.Limit) : _algorithm.SettledLimit, now);
        if (_gate.Limit != _limit)
        {
            _limit = _gate.Limit;
            _measures.Moved(_limit, now);
        }
    }

    /// <summary>A process that nothing strains.</summary>
    private static StrainMeter Unstrained() => new(proc: Path.Combine(Path.GetTempPath(), "-"), cgroups: Path.Combine(Path.GetTempPath(), "-"), paused: static () => TimeSpan.Zero);

    /// <summary>What an algorithm wants, within what the gate can do.</summary>
    public static int LimitOf(IAlgorithm algorithm) => Math.Clamp(algorithm.Limit, 1, Highest);
}
