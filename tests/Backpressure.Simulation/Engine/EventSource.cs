namespace Backpressure.Simulation.Engine;

/// <summary>Something that happens at times of its own: it says when next, and does it when asked.</summary>
internal abstract class EventSource
{
    public const long Never = long.MaxValue;

    /// <summary>When it wants to be fired, in ticks.</summary>
    public long Due { get; protected set; } = Never;

    /// <param name="now">The time, which is <see cref="Due"/>.</param>
    public abstract void Fire(long now);

    /// <summary>Fires what is due, in the order of time, until a time is reached.</summary>
    /// <param name="sources">Of those that are due at once the first comes first.</param>
    /// <param name="end">What is due then, or later, is not fired.</param>
    /// <param name="time">A clock that goes with it; <see langword="null"/> for none.</param>
    /// <returns>How often one was fired.</returns>
    public static long FireAll(ReadOnlySpan<EventSource> sources, long end, VirtualTime? time = null)
    {
        for (long events = 0; ; events++)
        {
            EventSource next = sources[0];
            foreach (EventSource source in sources)
            {
                next = source.Due < next.Due ? source : next;
            }

            if (next.Due >= end)
            {
                return events;
            }

            if (time is not null)
            {
                time.Now = next.Due;
            }

            next.Fire(next.Due);
        }
    }
}
