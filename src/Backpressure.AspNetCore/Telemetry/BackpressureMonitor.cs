using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Telemetry;

/// <summary>Reads the gate, and the counts of plugged limiters, for everyone who watches.</summary>
internal sealed class BackpressureMonitor : IBackpressureMonitor
{
    private readonly BackpressureMode _mode;
    private readonly AdmissionGate _gate;
    private readonly PluggedGate[] _plugged;
    private readonly Func<TimeSpan> _now;

    public BackpressureMonitor(BackpressureMode mode, AdmissionGate gate, IEnumerable<PluggedGate> plugged, Func<TimeSpan> now)
    {
        _mode = mode;
        _gate = gate;
        _plugged = [.. plugged];
        _now = now;
    }

    /// <summary>Every policy, the default one first.</summary>
    public IEnumerable<PolicyReading> ReadPolicies() => InOrder(_gate.Read());

    public BackpressureSnapshot GetSnapshot()
    {
        GateReading gate = _gate.Read();
        PolicyReading[] policies = [.. InOrder(gate)];
        TimeSpan now = _now();
        bool shedding = policies.Any(policy => policy.LastShedAt is { } shedAt && now - shedAt < SheddingSpell.Fresh);
        double pressure = shedding ? 1 : Pressure.Of((double)gate.InUse / gate.Limit);
        return new BackpressureSnapshot(_mode, gate.Limit, gate.InUse, pressure, [.. policies.Select(Describe)]);
    }

    private IEnumerable<PolicyReading> InOrder(GateReading gate) =>
        gate.Policies.Select(policy => policy.Name == PolicyReading.DefaultPolicy ? policy with { Cap = gate.Limit } : policy) // its limit is the server's
            .Concat(_plugged.Select(plugged => plugged.Read()))
            .OrderBy(policy => policy.Name != PolicyReading.DefaultPolicy)
            .ThenBy(policy => policy.Name, StringComparer.OrdinalIgnoreCase);

    private static BackpressurePolicySnapshot Describe(PolicyReading policy) => new()
    {
        Policy = policy.Name,
        Limit = policy.Cap,
        Active = policy.InUse,
        Queued = policy.Queued,
        QueueCapacity = policy.QueueCapacity,
        Arrivals = policy.Arrivals,
        Admitted = policy.Admitted,
        Cancelled = policy.Cancelled,
        Shed = policy.Shed.Sum(),
        ShedByReason = Enum.GetValues<ShedReason>().ToDictionary(reason => reason, reason => policy.Shed[(int)reason]),
    };
}
