namespace Backpressure.Http.Budget;

/// <summary>
/// Tells how likely a request is to be refused, by what the server did with the last ones, so that a client can refuse most of them itself: p = (requests − K · accepted) / (requests + 1),
/// with K = 2 (Site Reliability Engineering, chapter 21). Lock-free; no call allocates.
/// </summary>
/// <remarks>
/// A request counts when it is tried, also one that was held back, and as accepted until the server refuses it: neither a slow answer nor a lost connection is a refusal. The window is 2 s and
/// not the book's 2 minutes, so that a client follows a server that has recovered within as much.
/// </remarks>
internal sealed class AdaptiveThrottle
{
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    /// <summary>Fewer refusals within the window prove nothing.</summary>
    public const int MinimumRefusals = 10;

    /// <summary>What goes out in any case finds out when the server accepts again.</summary>
    public const double MaximumProbability = 0.9;

    private const double Multiplier = 2;

    private static readonly long SliceTicks = Window.Ticks / SlidingCount.Slices;

    private readonly SlidingCount _sent = new();
    private readonly SlidingCount _refused = new();
    private readonly SlidingCount _held = new();

    public void CountSent(TimeSpan now) => _sent.Add(SliceOf(now));

    public void CountRefused(TimeSpan now) => _refused.Add(SliceOf(now));

    public void CountHeld(TimeSpan now) => _held.Add(SliceOf(now));

    /// <summary>The share of requests to hold back: 0 to <see cref="MaximumProbability"/>.</summary>
    public double Probability(TimeSpan now)
    {
        long slice = SliceOf(now);
        long refused = _refused.Sum(slice);
        if (refused < MinimumRefusals)
        {
            return 0;
        }

        long sent = _sent.Sum(slice);
        long requests = sent + _held.Sum(slice);
        long accepted = Math.Max(0, sent - refused);
        return Math.Clamp((requests - (Multiplier * accepted)) / (requests + 1), 0, MaximumProbability);
    }

    private static long SliceOf(TimeSpan now) => Math.Max(0, now.Ticks) / SliceTicks;
}
