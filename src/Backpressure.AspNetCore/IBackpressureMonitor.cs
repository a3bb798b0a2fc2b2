namespace Backpressure.AspNetCore;

/// <summary>Tells workers, autoscalers and pages how the server stands. A singleton service, cheap enough to ask several times a second.</summary>
public interface IBackpressureMonitor
{
    /// <summary>Takes one consistent picture: in it, for every policy, arrivals = admitted + shed + cancelled + queued.</summary>
    BackpressureSnapshot GetSnapshot();
}
