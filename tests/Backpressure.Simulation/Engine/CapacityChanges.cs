using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Engine;

/// <summary>Takes servers away and brings them back, at the times that the scenario says.</summary>
internal sealed class CapacityChanges : EventSource
{
    private readonly PriorityQueue<(Action<int, long> Set, int Count), (long At, int Number)> _changes = new(); // by time, then as they were added

    public void Add(Piecewise servers, Action<int, long> set)
    {
        for (int i = 1; i < servers.From.Length; i++)
        {
            _changes.Enqueue((set, (int)servers.Values[i]), (TimeSpan.FromSeconds(servers.From[i]).Ticks, _changes.Count));
        }

        Plan();
    }

    public override void Fire(long now)
    {
        (Action<int, long> set, int count) = _changes.Dequeue();
        Plan();
        set(count, now);
    }

    private void Plan() => Due = _changes.TryPeek(out _, out (long At, int Number) first) ? first.At : Never;
}
