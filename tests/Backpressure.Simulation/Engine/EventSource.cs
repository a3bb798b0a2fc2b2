namespace Backpressure.Simulation.Engine;

/// <summary>Something that happens at times of its own: it says when next, and does it when asked.</summary>
internal abstract class EventSource
{
    public const long Never = long.MaxValue;

    /// <summary>When it wants to be fired, in ticks.</summary>
    public long Due { get; protected set; } = Never;

    /// <param name="now">The time, which is <see cref="Due"/>.</param>
    public abstract void Fire(long now);
}
