namespace Backpressure.AspNetCore.Limits;

/// <summary>Bounds a limit, also by what the thread pool can run, and lets it up again where the pool held it down: as far as the throughput wanted it, and no farther.</summary>
internal sealed class LimitBounds
{
    private const double Proven = 1; // seconds under a limit that the pool could run

    private readonly int _maximum;
    private int _ceiling = PoolPressure.NoCeiling;
    private double _wanted; // the limit that the throughput led to last, by what was measured, or that did no harm for a while

    /// <param name="initial">The limit to begin with.</param>
    /// <param name="minimum">The lowest.</param>
    /// <param name="maximum">The highest.</param>
    public LimitBounds(double initial, int minimum, int maximum) => (_wanted, Minimum, _maximum) = (initial, minimum, maximum);

    public int Minimum { get; }

    /// <summary>The highest that the limit may be.</summary>
    public double Highest => Math.Min(_maximum, _ceiling);

    public double Clamp(double limit) => Math.Clamp(limit, Minimum, Highest);

    /// <summary>The limit moves. Where it comes to rest because of the throughput is where it is wanted; what was measured while the pool held it down may only say that it should be higher.</summary>
    public void Follow(LimitMove move)
    {
        bool isHeld = move.Limit >= _ceiling;
        bool isMeasured = move.Reason is not (LimitReason.Return or LimitReason.ThreadPool) && (move.Phase == LimitPhase.Base || (move.Phase == LimitPhase.Climb && isHeld));
        if (isMeasured)
        {
            _wanted = isHeld ? Math.Max(_wanted, move.Limit) : move.Limit;
        }
    }

    /// <summary>How many the pool can run has changed.</summary>
    /// <param name="ceiling">How many.</param>
    /// <param name="limit">The limit, in whole permits.</param>
    /// <param name="stoodFor">For how long it was there, in seconds.</param>
    /// <param name="mayFollow">Whether it is not on its way somewhere else.</param>
    /// <returns>Where the limit belongs; <see langword="null"/> where it may stay.</returns>
    public double? Note(int ceiling, int limit, double stoodFor, bool mayFollow)
    {
        _wanted = stoodFor >= Proven ? Math.Max(_wanted, limit) : _wanted;
        ceiling = Math.Max(ceiling, Minimum);
        bool isLifted = ceiling > _ceiling && ceiling != PoolPressure.NoCeiling && limit == _ceiling;
        _ceiling = ceiling;
        if (limit > ceiling)
        {
            return ceiling;
        }

        return isLifted && mayFollow && _wanted > limit ? Math.Min(ceiling, _wanted) : null;
    }
}
