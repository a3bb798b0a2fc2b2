using System.Collections.Concurrent;

namespace Backpressure.AspNetCore.Telemetry;

/// <summary>Counts the requests whose handlers run on long after their deadline, by policy.</summary>
internal sealed class AbandonedRequests
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public void Add(string policy) => _counts.AddOrUpdate(policy, 1, static (_, count) => count + 1);

    public void Remove(string policy) => _counts.AddOrUpdate(policy, 0, static (_, count) => count - 1);

    public int Of(string policy) => _counts.GetValueOrDefault(policy);
}
