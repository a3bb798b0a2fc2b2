namespace Backpressure.AspNetCore.Admission;

/// <summary>The cap of a policy as a limit that is moved.</summary>
internal sealed class SteeredCap : ISteered
{
    private readonly AdmissionGate _gate;
    private readonly PolicyGate _policy;

    public SteeredCap(AdmissionGate gate, PolicyGate policy)
    {
        _gate = gate;
        _policy = policy;
    }

    public int InUse => _policy.InUse;

    public int? LeftOver(int cost)
    {
        int inUse = _policy.InUse;
        return _policy.HasCapRoom(cost, _gate.Limit, inUse) ? null : Math.Clamp((_policy.Cap ?? 0) - inUse, 0, cost - 1);
    }

    public void SetLimit(int limit, TimeSpan now, ref WaiterChain decided) => _gate.Configure(_policy, _policy.Settings with { Cap = limit }, now, ref decided);
}
