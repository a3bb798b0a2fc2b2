namespace Backpressure.AspNetCore.Http;

/// <summary>Finds the span from which the wait that a refusal asks for is drawn, so that the refused come back when there is room, and not together (C22).</summary>
internal static class RetryAfter
{
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(3);

    /// <summary>The span [b, max(2b, b + 3 s)], with b the time that the queue in front needs to drain, doubled while shedding persists, such that the span lies between the bounds.</summary>
    /// <remarks>Shedding persists when it outlasts what was asked for: whoever obeyed has come back by then, and it was not enough. Exponential as the back-off of a client, but for all of them alike.</remarks>
    /// <param name="drain">How long the queue needs to drain.</param>
    /// <param name="shedding">How long the server has been refusing without a pause.</param>
    /// <param name="minimum">The shortest wait allowed.</param>
    /// <param name="maximum">The longest wait allowed.</param>
    public static (TimeSpan From, TimeSpan To) Span(TimeSpan drain, TimeSpan shedding, TimeSpan minimum, TimeSpan maximum)
    {
        TimeSpan highest = Shorter(TimeSpan.FromTicks(maximum.Ticks / 2), maximum - Spread);
        highest = highest > minimum ? highest : minimum;
        TimeSpan from = Shorter(drain > minimum ? drain : minimum, highest);
        TimeSpan asked = End(from);
        while (shedding >= asked && from < highest)
        {
            from = Shorter(from + from, highest);
            asked += End(from);
        }

        return (from, Shorter(End(from), maximum));
    }

    private static TimeSpan End(TimeSpan from) => from > Spread ? from + from : from + Spread;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
