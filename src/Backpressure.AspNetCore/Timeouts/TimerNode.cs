namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Is what a <see cref="TimerWheel"/> holds: something with a due time. The wheel's owner guards every member.</summary>
internal abstract class TimerNode
{
    /// <summary>The <see cref="Slot"/> of what is in no wheel.</summary>
    public const short Nowhere = -1;

    /// <summary>The timestamp at which it is due.</summary>
    public long Due { get; set; }

    /// <summary>The time between two dues, in units of the timestamp; 0 when it is due only once.</summary>
    public long Period { get; set; }

    /// <summary>The timestamp at which what has been taken as due was so; of a periodic one, its latest beat.</summary>
    public long LastDue => Due - Period;

    /// <summary>The neighbours in the slot.</summary>
    public TimerNode? Next { get; set; }

    public TimerNode? Previous { get; set; }

    /// <summary>The place in the wheel. Short, as a million of these may be waiting.</summary>
    public short Slot { get; set; } = Nowhere;

    /// <summary>Moves on to the first due of its rhythm after <paramref name="now"/>, so that what was missed in a stall is not made up for.</summary>
    public void SkipPast(long now)
    {
        Int128 next = Due + (Period * (1 + (((Int128)now - Due) / Period)));
        Due = next < Timestamps.Latest ? (long)next : Timestamps.Latest;
    }
}
