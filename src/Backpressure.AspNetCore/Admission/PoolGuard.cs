using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Admission;

/// <summary>Lets no more run than the thread pool can: work that waits for a thread waits in front of the gate, where nothing else sees it (rule 4.11).</summary>
internal sealed class PoolGuard
{
    private readonly object _lock = new(); // taken before the pilot's and the gate's
    private readonly PoolPressure _pressure = new(); // guarded by it
    private readonly AdmissionGate _gate;
    private readonly StrainMeter _strain;
    private readonly LimitPilot[] _caps;

    /// <param name="gate">The gate that it guards.</param>
    /// <param name="strain">Measures how strained the process is, which the limit hears of where it is steered.</param>
    /// <param name="caps">Steer the caps of policies; they hear of the time.</param>
    public PoolGuard(AdmissionGate gate, StrainMeter strain, LimitPilot[] caps)
    {
        _caps = caps;
        _gate = gate;
        _strain = strain;
    }

    /// <summary>A reading of how long the pool takes to begin a work item; wanted every 10 ms while requests come.</summary>
    public void Note(TimeSpan now, TimeSpan delay)
    {
        WaiterChain decided = default;
        lock (_lock)
        {
            _gate.Pilot?.NoteBeat(now, ref decided);
            foreach (LimitPilot cap in _caps)
            {
                cap.NoteBeat(now, ref decided);
            }

            if (_gate.Pilot is { } pilot && _strain.Read(now) is { } strain)
            {
                pilot.NoteStrain(strain.Gain);
            }

            if (_pressure.Note(now, delay, _gate.InUse, _gate.ServiceTime))
            {
                _gate.SetCeiling(_pressure.Ceiling, now, ref decided);
                _gate.Pilot?.NotePool(_pressure.Capacity, now, ref decided);
            }
        }

        decided.CompleteAll();
    }
}
