using System.Runtime.CompilerServices;
using Backpressure.AspNetCore.Admission;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Backpressure.AspNetCore.Http;

/// <summary>Knows all policies, and which of them governs an endpoint.</summary>
internal sealed class PolicyTable
{
    private readonly Dictionary<string, Policy> _named;
    private readonly RequestTimeoutOptions _timeouts;
    private readonly string _configurationPath;
    private readonly EndpointPlan _withoutEndpoint;
    private readonly ConditionalWeakTable<Endpoint, Seen> _plans = []; // whole slots, so that endpoints which share one allocate nothing
    private readonly Seen?[] _seen = new Seen?[256]; // in front of the table, which takes longer than the gate; whoever comes last has a slot

    public PolicyTable(Policy defaultPolicy, IEnumerable<Policy> named, RequestTimeoutOptions timeouts, string configurationPath)
    {
        Default = defaultPolicy;
        _named = named.ToDictionary(policy => policy.Name, StringComparer.OrdinalIgnoreCase);
        _timeouts = timeouts;
        _configurationPath = configurationPath;
        _withoutEndpoint = PlanFor(EndpointMetadataCollection.Empty, "a request without an endpoint");
    }

    public Policy Default { get; }

    private IEnumerable<Policy> InOrder => _named.Values.OrderBy(policy => policy.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>What governs the requests of an endpoint.</summary>
    /// <exception cref="InvalidOperationException">The endpoint names a policy that no options define.</exception>
    public EndpointPlan For(Endpoint? endpoint)
    {
        if (endpoint is null)
        {
            return _withoutEndpoint;
        }

        ref Seen? slot = ref _seen[RuntimeHelpers.GetHashCode(endpoint) & (_seen.Length - 1)];
        Seen? seen = Volatile.Read(ref slot);
        if (seen?.Endpoint != endpoint)
        {
            seen = Look(endpoint);
            Volatile.Write(ref slot, seen);
        }

        return seen.Plan;
    }

    private Seen Look(Endpoint endpoint) => _plans.TryGetValue(endpoint, out Seen? seen)
        ? seen
        : _plans.GetValue(endpoint, e => new Seen(e, PlanFor(e.Metadata, $"endpoint '{e.DisplayName}'")));

    private EndpointPlan PlanFor(EndpointMetadataCollection metadata, string what)
    {
        if (metadata.GetMetadata<DisableBackpressureAttribute>() is not null)
        {
            return EndpointPlan.Exempt;
        }

        Policy policy = metadata.GetMetadata<EnableBackpressureAttribute>() is { } chosen ? Find(chosen.PolicyName, what) : Default;
        return policy.IsOff ? EndpointPlan.Exempt : new EndpointPlan(
            policy,
            BaseTimeout.Of(metadata, policy, Default, _timeouts, what),
            metadata.GetMetadata<CriticalityMetadata>()?.Criticality ?? Criticality.Normal,
            metadata.GetMetadata<CostMetadata>()?.Permits,
            what);
    }

    /// <summary>The policy of a name, in any case; <see langword="null"/> if there is none.</summary>
    public Policy? Named(string name)
    {
        bool isDefault = string.Equals(name, PolicyReading.DefaultPolicy, StringComparison.OrdinalIgnoreCase);
        return _named.GetValueOrDefault(name) ?? (isDefault ? Default : null);
    }

    private Policy Find(string name, string what)
    {
        if (Named(name) is { } policy)
        {
            return policy;
        }

        string known = string.Join(", ", InOrder.Select(p => $"'{p.Name}'").Prepend($"'{PolicyReading.DefaultPolicy}'"));
        throw new InvalidOperationException(
            $"Backpressure: {what} asks for the policy '{name}', which no options define. Known policies: {known}. " +
            $"Define it in configuration as '{_configurationPath}:Policies:{name}' or in code with AddBackpressure(o => o.Policies[\"{name}\"] = new() {{ … }}).");
    }

    private sealed class Seen(Endpoint endpoint, EndpointPlan plan)
    {
        public Endpoint Endpoint { get; } = endpoint;

        public EndpointPlan Plan { get; } = plan;
    }
}
