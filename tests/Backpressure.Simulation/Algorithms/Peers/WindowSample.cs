namespace Backpressure.Simulation.Algorithms.Peers;

/// <summary>What a window of completions comes to.</summary>
/// <param name="Rtt">The average time of a request, whole ticks.</param>
/// <param name="InFlight">The most that ran when one of them started.</param>
/// <param name="DidDrop">Whether one of them was dropped.</param>
internal readonly record struct WindowSample(long Rtt, int InFlight, bool DidDrop);
