namespace Backpressure.AspNetCore.Admission;

/// <summary>Knows since when requests have been refused without a pause. Lock-free: two threads that race at the edge of a spell agree on one of their times.</summary>
internal sealed class SheddingSpell
{
    /// <summary>How long after a refusal the server still counts as shedding.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private const long Never = long.MinValue;

    private readonly long _pause;
    private long _since = Never; // Interlocked only
    private long _last = Never; // Interlocked only

    /// <param name="pause">How long without a refusal ends a spell.</param>
    public SheddingSpell(TimeSpan pause) => _pause = pause.Ticks;

    /// <summary>When a request was last refused; <see langword="null"/> if never.</summary>
    public TimeSpan? LastAt => Volatile.Read(ref _last) is long last and not Never ? TimeSpan.FromTicks(last) : null;

    /// <summary>A request was refused.</summary>
    public void Note(TimeSpan now)
    {
        long last = Volatile.Read(ref _last);
        if (!Lasts(last, now.Ticks))
        {
            Volatile.Write(ref _since, now.Ticks);
        }

        while (last < now.Ticks) // threads may bring older times than the last
        {
            long before = Interlocked.CompareExchange(ref _last, now.Ticks, last);
            if (before == last)
            {
                return;
            }

            last = before;
        }
    }

    /// <summary>Whether a request was refused within the last second.</summary>
    public bool IsFresh(TimeSpan now) => LastAt is { } last && now - last < Fresh;

    /// <summary>How long the spell has lasted; zero when none is under way.</summary>
    public TimeSpan Lasted(TimeSpan now)
    {
        long last = Volatile.Read(ref _last); // first, for Note writes it last: since when is then of the same spell, or of a later one that only looks shorter
        long since = Volatile.Read(ref _since);
        return Lasts(last, now.Ticks) && since < now.Ticks ? TimeSpan.FromTicks(now.Ticks - since) : TimeSpan.Zero;
    }

    private bool Lasts(long last, long now) => last != Never && now - last < _pause;
}
