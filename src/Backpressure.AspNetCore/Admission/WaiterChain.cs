namespace Backpressure.AspNetCore.Admission;

/// <summary>The waiters that one call decided, linked through themselves; to be completed outside the gate's lock.</summary>
internal struct WaiterChain
{
    private Waiter? _first;
    private Waiter? _last;

    public void Append(Waiter waiter)
    {
        waiter.Next = null;
        if (_last is null)
        {
            _first = waiter;
        }
        else
        {
            _last.Next = waiter;
        }

        _last = waiter;
    }

    /// <summary>Wakes them all, in order.</summary>
    public void CompleteAll()
    {
        Waiter? waiter = _first;
        _first = null;
        _last = null;
        while (waiter is not null)
        {
            Waiter? next = waiter.Next; // once completed, the waiter belongs to whoever waited
            waiter.Next = null;
            waiter.Complete();
            waiter = next;
        }
    }
}
