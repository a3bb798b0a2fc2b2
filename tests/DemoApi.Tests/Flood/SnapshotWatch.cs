using Backpressure.AspNetCore;

namespace DemoApi.Tests.Flood;

/// <summary>Takes snapshots of the gate all through a flood and remembers what was wrong with any of them.</summary>
internal sealed class SnapshotWatch
{
    private readonly List<string> _violations = [];

    public int Samples { get; private set; }

    public int MostActive { get; private set; }

    public int MostQueued { get; private set; }

    /// <summary>The snapshots in which requests were lost or counted twice.</summary>
    public IReadOnlyList<string> Violations => _violations;

    public static bool IsConserved(BackpressurePolicySnapshot policy) => policy.Arrivals == policy.Admitted + policy.Shed + policy.Cancelled + policy.Queued;

    public static string Describe(BackpressurePolicySnapshot policy) =>
        $"{policy.Arrivals} arrivals, {policy.Admitted} admitted, {policy.Shed} shed, {policy.Cancelled} cancelled, {policy.Queued} queued, {policy.Active} active";

    /// <summary>Watches until it is told to stop.</summary>
    public async Task RunAsync(IBackpressureMonitor monitor, TimeProvider time, CancellationToken stop)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(5), time);
        while (!stop.IsCancellationRequested)
        {
            Look(monitor.GetSnapshot().Policies[0]);
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private void Look(BackpressurePolicySnapshot policy)
    {
        Samples++;
        MostActive = Math.Max(MostActive, policy.Active);
        MostQueued = Math.Max(MostQueued, policy.Queued);
        if (!IsConserved(policy))
        {
            _violations.Add(Describe(policy));
        }
    }
}
