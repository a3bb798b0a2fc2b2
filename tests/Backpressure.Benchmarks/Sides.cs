namespace Backpressure.Benchmarks;

/// <summary>What is measured against what.</summary>
/// <param name="Ours">Does it once with this package.</param>
/// <param name="Peer">Does it once with what the framework has.</param>
/// <param name="Bare">Does what both sides need besides; its memory is taken off both. Its time is not.</param>
internal sealed record Sides(Action Ours, Action Peer, Action Bare);
