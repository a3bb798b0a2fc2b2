namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Is one slot of a <see cref="TimerWheel"/>: a linked list of timers.</summary>
internal struct WheelSlot
{
    public TimerNode? Head;

    public TimerNode? Tail;

    /// <summary>No timer of the slot is due before this. Not raised by a removal; what that leaves behind is one wake for nothing.</summary>
    public long Earliest;
}
