namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Callbacks that wait for a thread of a crew. Those that the pool has run meanwhile are let go each time that the queue has doubled.</summary>
internal sealed class WaitingCallbacks
{
    private const int FirstPurge = 64;

    private readonly Queue<ScheduledTimer> _queue = new();
    private int _purgeAt = FirstPurge;

    public int Count => _queue.Count;

    public void Add(ScheduledTimer timer)
    {
        if (_queue.Count >= _purgeAt)
        {
            for (int left = _queue.Count; left > 0; left--)
            {
                ScheduledTimer oldest = _queue.Dequeue();
                if (oldest.IsPending)
                {
                    _queue.Enqueue(oldest);
                }
            }

            _purgeAt = Math.Max(FirstPurge, 2 * _queue.Count);
        }

        _queue.Enqueue(timer);
    }

    public ScheduledTimer Take() => _queue.Dequeue();

    public void Clear() => _queue.Clear();

    public ScheduledTimer[] Copy() => [.. _queue];
}
