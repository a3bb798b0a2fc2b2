namespace Backpressure.Simulation.Engine;

/// <summary>A queue that grows and never shrinks.</summary>
internal sealed class Ring<T>
{
    private T[] _items = new T[64]; // always a power of two
    private int _head;

    public int Count { get; private set; }

    public ref T First => ref _items[_head];

    public void Add(T item)
    {
        if (Count == _items.Length)
        {
            Grow();
        }

        _items[(_head + Count++) & (_items.Length - 1)] = item;
    }

    public T Take()
    {
        T item = _items[_head];
        _head = (_head + 1) & (_items.Length - 1);
        Count--;
        return item;
    }

    private void Grow()
    {
        T[] larger = new T[2 * _items.Length];
        int tail = _items.Length - _head;
        Array.Copy(_items, _head, larger, 0, tail);
        Array.Copy(_items, 0, larger, tail, _head);
        _items = larger;
        _head = 0;
    }
}
