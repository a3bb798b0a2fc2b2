namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Callbacks that wait for a thread of a crew: the deadlines of requests first, each kind in its order. Those that the pool has run meanwhile are let go each time that there are twice as many.</summary>
internal sealed class WaitingCallbacks
{
    private const int FirstPurge = 64;
    private const int KeptRoom = 1024;

    private readonly Queue<ScheduledTimer> _urgent = new();
    private readonly Queue<ScheduledTimer> _others = new();
    private int _purgeAt = FirstPurge;

    public int Count => _urgent.Count + _others.Count;

    public void Add(ScheduledTimer timer)
    {
        if (Count >= _purgeAt)
        {
            Purge();
        }

        (timer.Route == CallbackRoute.DispatcherFirst ? _urgent : _others).Enqueue(timer);
    }

    public int Room => _urgent.Capacity + _others.Capacity;

    public ScheduledTimer Take()
    {
        ScheduledTimer oldest = _urgent.TryDequeue(out ScheduledTimer? urgent) ? urgent : _others.Dequeue();
        if (Count == 0 && Room > KeptRoom)
        {
            _urgent.TrimExcess(); // a burst is over
            _others.TrimExcess();
            _purgeAt = FirstPurge;
        }

        return oldest;
    }

    /// <summary>Lets those go that the pool has run.</summary>
    public void Purge()
    {
        Purge(_urgent);
        Purge(_others);
        _purgeAt = Math.Max(FirstPurge, 2 * Count);
    }

    public void Clear()
    {
        _urgent.Clear();
        _others.Clear();
    }

    public ScheduledTimer[] Copy() => [.. _urgent, .. _others];

    private static void Purge(Queue<ScheduledTimer> queue)
    {
        for (int left = queue.Count; left > 0; left--)
        {
            ScheduledTimer oldest = queue.Dequeue();
            if (oldest.IsPending)
            {
                queue.Enqueue(oldest);
            }
        }
    }
}
