namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Orders timers by their due time: a binary heap whose nodes know their place, so that a cancelled one leaves at once.</summary>
internal sealed class TimerQueue
{
    private const int SmallestCapacity = 16;

    private TimerNode[] _heap = new TimerNode[SmallestCapacity];

    public int Count { get; private set; }

    public int Capacity => _heap.Length;

    /// <summary>The due time of the next timer; <see cref="IAlarm.Never"/> when there is none.</summary>
    public long Earliest => Count == 0 ? IAlarm.Never : _heap[0].Due;

    public void Add(TimerNode node)
    {
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, Count * 2);
        }

        Count++;
        MoveUp(node, Count - 1);
    }

    /// <summary>Takes a node out, wherever it stands; false when it is not in the queue.</summary>
    public bool Remove(TimerNode node)
    {
        int index = node.Index;
        if (index < 0)
        {
            return false;
        }

        node.Index = -1;
        Count--;
        TimerNode last = _heap[Count];
        _heap[Count] = null!;
        if (index < Count)
        {
            Settle(last, index);
        }

        if (Count < _heap.Length / 4 && _heap.Length > SmallestCapacity)
        {
            Array.Resize(ref _heap, _heap.Length / 2);
        }

        return true;
    }

    /// <summary>Takes the next timer that is due at <paramref name="now"/>, if any; a periodic one stays for its next due time.</summary>
    public TimerNode? TakeDue(long now)
    {
        if (Earliest > now)
        {
            return null;
        }

        TimerNode node = _heap[0];
        if (node.Period == 0)
        {
            Remove(node);
        }
        else
        {
            node.SkipPast(now);
            MoveDown(node, 0);
        }

        return node;
    }

    /// <summary>Forgets every node.</summary>
    public void Clear()
    {
        foreach (TimerNode node in _heap.AsSpan(0, Count))
        {
            node.Index = -1;
        }

        _heap = new TimerNode[SmallestCapacity];
        Count = 0;
    }

    private void Settle(TimerNode node, int index)
    {
        if (index > 0 && node.Due < _heap[(index - 1) / 2].Due)
        {
            MoveUp(node, index);
        }
        else
        {
            MoveDown(node, index);
        }
    }

    private void MoveUp(TimerNode node, int index)
    {
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (_heap[parent].Due <= node.Due)
            {
                break;
            }

            Place(_heap[parent], index);
            index = parent;
        }

        Place(node, index);
    }

    private void MoveDown(TimerNode node, int index)
    {
        while (true)
        {
            int child = (index * 2) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && _heap[child + 1].Due < _heap[child].Due)
            {
                child++;
            }

            if (node.Due <= _heap[child].Due)
            {
                break;
            }

            Place(_heap[child], index);
            index = child;
        }

        Place(node, index);
    }

    private void Place(TimerNode node, int index)
    {
        _heap[index] = node;
        node.Index = index;
    }
}
