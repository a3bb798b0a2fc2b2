namespace Backpressure.AspNetCore.Admission;

/// <summary>A lane of waiters in the order in which they came; any of them leaves in constant time and leaves nothing behind.</summary>
internal sealed class WaiterQueue
{
    public Waiter? First { get; private set; }

    public Waiter? Last { get; private set; }

    public int Count { get; private set; }

    /// <summary>The places that the waiters take together.</summary>
    public int Places { get; private set; }

    public void Append(Waiter waiter)
    {
        waiter.Previous = Last;
        waiter.Next = null;
        if (Last is null)
        {
            First = waiter;
        }
        else
        {
            Last.Next = waiter;
        }

        Last = waiter;
        Count++;
        Places += waiter.Places;
    }

    public void Remove(Waiter waiter)
    {
        if (waiter.Previous is null)
        {
            First = waiter.Next;
        }
        else
        {
            waiter.Previous.Next = waiter.Next;
        }

        if (waiter.Next is null)
        {
            Last = waiter.Previous;
        }
        else
        {
            waiter.Next.Previous = waiter.Previous;
        }

        waiter.Previous = null;
        waiter.Next = null;
        Count--;
        Places -= waiter.Places;
    }
}
