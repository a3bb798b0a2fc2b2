using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Telemetry;

/// <summary>Reads the gate, and the counts of plugged limiters, for everyone who watches.</summary>
internal sealed class BackpressureMonitor : IBackpressureMonitor
{
    private readonly BackpressureMode _mode;
    private readonly AdmissionGate _gate;
    private readonly PluggedGate[] _plugged;
    private readonly Func<TimeSpan> _now;
    private readonly IReadOnlyDictionary<string, LimitPilot> _pilots;

    /// <param name="mode">Whether the package acts.</param>
    /// <param name="gate">The gate.</param>
    /// <param name="plugged">The limiters of the application.</param>
    /// <param name="pilots">Who steers the limits that are adaptive, by policy.</param>
    /// <param name="now">Tells the time.</param>
    public BackpressureMonitor(BackpressureMode mode, AdmissionGate gate, IEnumerable<PluggedGate> plugged, IReadOnlyDictionary<string, LimitPilot> pilots, Func<TimeSpan> now)
    {
        _pilots = pilots;
        _mode = mode;
        _gate = gate;
        _plugged = [.. plugged];
        _now = now;
    }

    /// <summary>Every policy, the default one first.</summary>
    public IEnumerable<PolicyReading> ReadPolicies() => InOrder(_gate.Read());

    /// <summary>How often each adaptive limit was moved, by reason.</summary>
    public IEnumerable<(string Policy, LimitReason Reason, long Count)> ReadAdjustments() =>
        from pilot in _pilots
        let counts = pilot.Value.Read().Adjustments
        from reason in LimitReasonText.All
        select (pilot.Key, reason, counts[(int)reason]);

    public BackpressureSnapshot GetSnapshot()
    {
        GateReading gate = _gate.Read();
        PolicyReading[] policies = [.. InOrder(gate)];
        TimeSpan now = _now();
        bool shedding = policies.Any(policy => policy.LastShedAt is { } shedAt && now - shedAt < SheddingSpell.Fresh);
        double pressure = shedding ? 1 : Pressure.Of((double)gate.InUse / gate.Limit);
        return new BackpressureSnapshot(_mode, gate.Limit, gate.InUse, pressure, [.. policies.Select(policy => Describe(policy, now))]);
    }

    private IEnumerable<PolicyReading> InOrder(GateReading gate) =>
        gate.Policies.Select(policy => policy.Name == PolicyReading.DefaultPolicy ? policy with { Cap = gate.Limit } : policy) // its limit is the server's
            .Concat(_plugged.Select(plugged => plugged.Read()))
            .OrderBy(policy => policy.Name != PolicyReading.DefaultPolicy)
            .ThenBy(policy => policy.Name, StringComparer.OrdinalIgnoreCase);

    private BackpressurePolicySnapshot Describe(PolicyReading policy, TimeSpan now) => new()
    {
        Policy = policy.Name,
        Limit = policy.Cap,
        Adaptive = _pilots.TryGetValue(policy.Name, out LimitPilot? pilot) ? Describe(pilot.Read(), now) : null,
        Active = policy.InUse,
        Queued = policy.Queued,
        QueueCapacity = policy.QueueCapacity,
        Arrivals = policy.Arrivals,
        Admitted = policy.Admitted,
        Cancelled = policy.Cancelled,
        Shed = policy.Shed.Sum(),
        RetryTicketsGranted = policy.TicketsGranted,
        RetryTicketsDenied = policy.TicketsDenied,
        ShedByReason = Enum.GetValues<ShedReason>().ToDictionary(reason => reason, reason => policy.Shed[(int)reason]),
    };

    private static BackpressureLimitSnapshot Describe(PilotReading pilot, TimeSpan now) => new()
    {
        Elasticity = double.IsFinite(pilot.Elasticity) ? pilot.Elasticity : null,
        Uncertainty = pilot.Uncertainty,
        Strain = pilot.Strain,
        Moves = [.. pilot.Steps.Select(step => new BackpressureLimitMove
        {
            Ago = now > step.At ? now - step.At : TimeSpan.Zero,
            From = step.From,
            To = step.To,
            Reason = LimitReasonText.Of(step.Reason),
        })],
    };
}
