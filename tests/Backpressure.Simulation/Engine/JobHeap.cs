namespace Backpressure.Simulation.Engine;

/// <summary>Requests by a key, the smallest first.</summary>
internal sealed class JobHeap
{
    private const int Arity = 4;

    private (double Key, Request Job)[] _items = new (double, Request)[64];

    public int Count { get; private set; }

    public double SmallestKey => _items[0].Key;

    public void Push(double key, Request job)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, 2 * Count);
        }

        int hole = Count++;
        while (hole > 0)
        {
            int parent = (hole - 1) / Arity;
            if (_items[parent].Key <= key)
            {
                break;
            }

            _items[hole] = _items[parent];
            hole = parent;
        }

        _items[hole] = (key, job);
    }

    public Request Pop()
    {
        Request top = _items[0].Job;
        (double Key, Request Job) last = _items[--Count];
        int hole = 0;
        while (true)
        {
            int first = (Arity * hole) + 1;
            if (first >= Count)
            {
                break;
            }

            int smallest = first;
            int end = Math.Min(first + Arity, Count);
            for (int child = first + 1; child < end; child++)
            {
                smallest = _items[child].Key < _items[smallest].Key ? child : smallest;
            }

            if (_items[smallest].Key >= last.Key)
            {
                break;
            }

            _items[hole] = _items[smallest];
            hole = smallest;
        }

        _items[hole] = last;
        return top;
    }
}
