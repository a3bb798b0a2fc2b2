namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Is what a <see cref="TimerQueue"/> orders: something with a due time. The queue's owner guards every member.</summary>
internal abstract class TimerNode
{
    /// <summary>The timestamp at which it is due.</summary>
    public long Due { get; set; }

    /// <summary>The time between two dues, in units of the timestamp; 0 when it is due only once.</summary>
    public long Period { get; set; }

    /// <summary>The place in the queue; -1 outside it.</summary>
    public int Index { get; set; } = -1;

    /// <summary>Moves on to the first due of its rhythm after <paramref name="now"/>, so that what was missed in a stall is not made up for.</summary>
    public void SkipPast(long now)
    {
        Int128 next = Due + (Period * (1 + (((Int128)now - Due) / Period)));
        Due = next < Timestamps.Latest ? (long)next : Timestamps.Latest;
    }
}
