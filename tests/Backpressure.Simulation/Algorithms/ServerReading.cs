namespace Backpressure.Simulation.Algorithms;

/// <summary>What a server can measure of itself besides its requests.</summary>
/// <param name="ProcessorShare">The share of its processors that were busy since the last reading, from 0 to 1: of all stations of the kind processorSharing.</param>
/// <param name="DispatchDelay">How long a work item that is queued to the thread pool waits now; zero without such a station.</param>
internal readonly record struct ServerReading(double ProcessorShare, TimeSpan DispatchDelay)
{
    /// <summary>The permits in use.</summary>
    public int InUse { get; init; }

    /// <summary>How long requests take in the mean, as the gate knows it.</summary>
    public TimeSpan ServiceTime { get; init; }
}
