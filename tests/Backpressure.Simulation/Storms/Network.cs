using Backpressure.Simulation.Engine;

namespace Backpressure.Simulation.Storms;

/// <summary>Brings answers back to those who asked. Each takes a moment, so that nobody asks again in the middle of being answered.</summary>
internal sealed class Network : EventSource
{
    /// <summary>After so long no answer is under way any more that was when the wait for it ended.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(2);

    private static readonly long Latency = TimeSpan.FromMilliseconds(1).Ticks;

    private readonly Ring<(IReceiver Receiver, Answer Answer, long At)> _underway = new();

    public void Bring(IReceiver receiver, in Answer answer, long now)
    {
        _underway.Add((receiver, answer, now + Latency));
        Due = _underway.First.At;
    }

    public override void Fire(long now)
    {
        (IReceiver receiver, Answer answer, _) = _underway.Take();
        Due = _underway.Count == 0 ? Never : _underway.First.At;
        receiver.Answered(answer, now);
    }
}
