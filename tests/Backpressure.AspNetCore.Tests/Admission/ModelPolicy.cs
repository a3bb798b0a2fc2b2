using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>A policy as <see cref="GateModel"/> knows it: every sample and every grant is remembered, and every mean is folded anew from all of them.</summary>
internal sealed class ModelPolicy(PolicySettings settings, decimal retryRatio)
{
    private const double Ms = TimeSpan.TicksPerMillisecond;

    private readonly List<TimeSpan> _services = [];
    private readonly List<(TimeSpan At, TimeSpan OccupiedSince)> _grants = [];
    private readonly List<TimeSpan> _windows = []; // when judging began anew, while it stood
    private int _emptiedInWindow;
    private TimeSpan? _occupied;
    private double _enough;

    public PolicySettings Settings { get; set; } = settings;

    public decimal Budget { get; set; }

    public decimal RetryRatio => retryRatio;

    public TimeSpan? LastShedAt { get; set; }

    /// <summary>Until when a newcomer may be refused on the word of whoever filled the queue; <see langword="null"/> once anything has changed since.</summary>
    public TimeSpan? FullUntil { get; set; }

    public bool Stands { get; private set; }

    public TimeSpan OccupiedSince { get; private set; }

    public int Waiting { get; set; }

    /// <summary>How often others of the policy were granted permits since whoever waits longest has been the one that does.</summary>
    public int Passes { get; set; }

    /// <summary>Newest first while it stands and more wait than 1.7 times what is served within the longest wait.</summary>
    public bool ServesNewest => Settings.Order == QueueOrder.NewestFirst || (Settings.Order == QueueOrder.Adaptive && Stands && Waiting > _enough);

    public void NoteService(TimeSpan took) => _services.Add(took);

    public void NoteGrant(TimeSpan now) => _grants.Add((now, OccupiedSince));

    public void Joined(TimeSpan now)
    {
        Waiting++;
        OccupiedSince = _occupied is null ? now : OccupiedSince;
        _occupied ??= now;
    }

    public void Emptied()
    {
        _occupied = null;
        _emptiedInWindow++;
    }

    /// <summary>Not empty for a whole interval: it stands. Empty at any moment of a whole interval since: it does not any more.</summary>
    public void Judge(TimeSpan now, int limit)
    {
        if (Settings.Order != QueueOrder.Adaptive || _services.Count == 0 || (_occupied is null && !Stands))
        {
            return;
        }

        TimeSpan interval = Interval(limit);
        bool isWholeWindow = Stands && now - _windows[^1] >= interval;
        bool ends = isWholeWindow && _emptiedInWindow > 0;
        bool begins = _occupied is { } since && now - since >= interval && (!Stands || ends);
        Stands = begins || (Stands && !ends);
        if (begins || isWholeWindow)
        {
            _windows.Add(now);
            _emptiedInWindow = 0;
        }

        _enough = Math.Max(1, 1.7 * Bound(limit).Ticks * limit / Math.Max(1, Mean));
    }

    /// <summary>The longest wait in a queue that stands: max(5 ms, 2·s/L, min(longest wait, 2·s)).</summary>
    public TimeSpan Bound(int limit)
    {
        double maximum = Settings.MaximumWait == Timeout.InfiniteTimeSpan ? double.MaxValue : Settings.MaximumWait.Ticks;
        return TimeSpan.FromTicks((long)Math.Max(5 * Ms, Math.Max(Math.Round(2.0 * Service / limit), Math.Min(maximum, 2.0 * Service))));
    }

    /// <summary>How long until so many are served: at the mean gap between grants from an occupied queue, or at the present one once it is more than four times that.</summary>
    public TimeSpan TimeFor(int waiters, TimeSpan now)
    {
        double mean = 0;
        double weight = 0;
        TimeSpan last = TimeSpan.Zero;
        foreach ((TimeSpan at, TimeSpan occupiedSince) in _grants)
        {
            weight = at - last > TimeSpan.FromSeconds(1) ? Math.Min(weight, 1) : weight;
            mean += ((at - Later(last, occupiedSince)).Ticks - mean) / (weight + 1);
            weight = Math.Min(weight + 1, 63);
            last = at;
        }

        double open = (now - Later(last, OccupiedSince)).Ticks;
        return TimeSpan.FromTicks((long)Math.Min((open > 4 * mean ? open : mean) * waiters, TimeSpan.MaxValue.Ticks / 2));
    }

    /// <summary>When the judgement or the longest wait can next change what a newcomer at a full queue hears.</summary>
    public TimeSpan NextChange(TimeSpan now, ModelRequest oldest, int limit)
    {
        if (Settings.Order != QueueOrder.Adaptive || (!Stands && _services.Count == 0))
        {
            return TimeSpan.MaxValue;
        }

        return ServesNewest ? oldest.EnqueuedAt + Bound(limit) : (Stands ? now : OccupiedSince) + Interval(limit);
    }

    private TimeSpan Interval(int limit) => TimeSpan.FromTicks((long)Math.Max(100 * Ms, Math.Round(5.0 * Service / limit)));

    private long Service => (long)Mean;

    private double Mean
    {
        get
        {
            double mean = 0;
            for (int i = 0; i < _services.Count; i++)
            {
                mean += (_services[i].Ticks - mean) / Math.Min(i + 1, 64);
            }

            return mean;
        }
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
