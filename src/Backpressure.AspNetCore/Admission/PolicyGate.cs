using Backpressure.AspNetCore.Retries;

namespace Backpressure.AspNetCore.Admission;

/// <summary>One policy's share of the gate: its cap, its queue, its counts. What ends in Locked needs the gate's lock.</summary>
internal sealed class PolicyGate
{
    // What was admitted, and the permits in use, in one word, so that a grant and a return are one step each: bits 0 to 19 the permits, the rest the grants.
    private const int GrantShift = 20;
    private const long PermitMask = (1L << GrantShift) - 1;

    private readonly StandingWatch _standing = new(); // guarded by the gate's lock
    private readonly QueuePace _pace = new();
    private PolicySettings _settings; // Volatile only; written under the lock
    private long _grants; // Interlocked only
    private long _full; // Volatile only; see HasSurelyNoPlace
    private int _passes; // guarded by the gate's lock: how often whoever waits longest here was passed by others of the policy
    private double _stock; // guarded by the gate's lock: how many may wait in a standing queue before it is served newest first

    public PolicyGate(string name, PolicySettings settings, RetryAllowance? retries, LimitPilot? serverPilot = null)
    {
        settings.Check();
        Name = name;
        Retries = retries;
        _settings = settings;
        Steering = new Steering(this, serverPilot);
    }

    public string Name { get; }

    /// <summary>What lets retries in while saturated, and tells the refused whether to try again; <see langword="null"/> where no caller says that it retries.</summary>
    public RetryAllowance? Retries { get; }

    public Lanes Waiting { get; } = new();

    public Steering Steering { get; }

    public Tally Tally { get; } = new();

    public PolicySettings Settings => Volatile.Read(ref _settings);

    public int? Cap => Settings.Cap;

    public int InUse => (int)(Volatile.Read(ref _grants) & PermitMask);

    public TimeSpan ServiceTime => _pace.ServiceTime;

    /// <summary>How long the queue needs to drain at the pace of late; may be read without the lock.</summary>
    public TimeSpan DrainTime(TimeSpan now) => Waiting.Count is int waiting and > 0 ? _pace.TimeFor(waiting, now, _standing.OccupiedSince) : TimeSpan.Zero;

    public void CountGrant(int permits) => Interlocked.Add(ref _grants, (1L << GrantShift) + permits);

    public void UndoGrant(int permits) => Interlocked.Add(ref _grants, -((1L << GrantShift) + permits));

    public void CountReturn(int permits) => Interlocked.Add(ref _grants, -permits);

    public void NoteService(TimeSpan took) => _pace.NoteService(took);

    /// <summary>Whether the queue has no place for the newcomer, nor anybody in it who would make one, and time alone changes nothing of that before <paramref name="now"/>. Needs no lock.</summary>
    public bool HasSurelyNoPlace(Waiter waiter, TimeSpan now)
    {
        long full = Volatile.Read(ref _full);
        return waiter.Places > 0 && ((now.Ticks < (full & ~3) && waiter.Lane <= (full & 3)) || Settings.QueueCapacity == 0);
    }

    /// <summary>Whether the cap leaves room for a cost, of which no more than the limit of the server is ever granted, beside so many permits in use.</summary>
    public bool HasCapRoom(int cost, int limit, int inUse) => Cap is not int cap || inUse <= cap - Math.Max(Math.Min(cost, Math.Min(cap, limit)), 1);

    /// <summary>The cost that the cap allows.</summary>
    public int Charge(int cost) => Cap is int cap ? Math.Min(cost, cap) : cost;

    /// <summary>Whether who came last in a lane is served first.</summary>
    public bool ServesNewestLocked => Settings.Order switch
    {
        QueueOrder.NewestFirst => true,
        QueueOrder.Adaptive => StandsLocked && Waiting.Count > _stock,
        _ => false,
    };

    private bool StandsLocked => _standing.IsStanding || IsHasty; // one that is kept short is empty at times, whatever comes

    private bool IsHasty => _pace.Haste(Steering.Slack) > 0.5;

    /// <summary>Judges anew whether the queue stands.</summary>
    /// <param name="now">The time.</param>
    /// <param name="limit">How many permits the policy can have at most.</param>
    public void ObserveLocked(TimeSpan now, int limit)
    {
        if (Settings.Order == QueueOrder.Adaptive && (Waiting.Count > 0 || StandsLocked))
        {
            _pace.NoteRest(now - Tally.Spell.LastAt, limit);
            _standing.Observe(now, _pace.Interval(limit));
            _stock = StandsLocked ? _pace.Stock(limit, Settings.MaximumWait, Steering.Slack) : double.PositiveInfinity;
            PublishLocked(now, limit);
        }
    }

    /// <summary>Whether whoever comes now cannot be served before its deadline. Nobody is in front of the first waiter, so an estimate that is wrong cannot keep everybody out.</summary>
    public bool IsInfeasibleLocked(Waiter waiter, TimeSpan now)
    {
        if (waiter.Deadline == TimeSpan.MaxValue || ServesNewestLocked)
        {
            return false;
        }

        int ahead = 0;
        for (int lane = waiter.Lane; lane < Lanes.End; lane++)
        {
            ahead += Waiting[lane].Count;
        }

        return ahead > 0 && _pace.TimeFor(ahead, now, _standing.OccupiedSince) > waiter.Deadline - now;
    }

    public void AppendLocked(Waiter waiter, TimeSpan now, int limit)
    {
        waiter.EnqueuedAt = now;
        waiter.ExpiresAt = Settings.WaitEndsAt(now, waiter.Deadline);
        waiter.Outcome = Outcome.Waiting;
        Waiting.Append(waiter);
        _standing.Occupy(now);
        PublishLocked(now, limit);
    }

    public void RemoveLocked(Waiter waiter)
    {
        Volatile.Write(ref _full, 0);
        _passes = Waiting.Oldest == waiter ? 0 : _passes;
        Waiting.Remove(waiter);
        if (Waiting.Count == 0)
        {
            _standing.Empty();
        }
    }

    /// <summary>Whether whoever waits longest here was passed so often that the next permits of the policy are for it, and its cap drains for it if need be.</summary>
    public bool IsTurnOfOldestLocked => _passes >= Ranking.LongestEvery - 1;

    /// <summary>Notes that somebody of the policy was granted permits who was not the one that waits longest.</summary>
    public void NotePassLocked() => _passes++;

    /// <summary>Notes that a waiter got its permits.</summary>
    public void NoteGrantLocked(TimeSpan now) => _pace.NoteGrant(now, _standing.OccupiedSince, Tally.Shed);

    /// <summary>Who has waited longer than anybody may while the queue stands; <see langword="null"/> if nobody has.</summary>
    public Waiter? StaleLocked(TimeSpan now, int limit)
    {
        if (Settings.Order != QueueOrder.Adaptive || !(ServesNewestLocked || IsHasty))
        {
            return null; // those who wait are few enough to be served in time, and are needed to keep the service busy
        }

        return Waiting.Oldest is { } oldest && now - oldest.EnqueuedAt > _pace.Bound(limit, Settings.MaximumWait, Steering.Slack) ? oldest : null;
    }

    /// <summary>Exchanges the settings. The caller sees to it that no more wait than may.</summary>
    public void SetLocked(PolicySettings settings)
    {
        settings.Check();
        Volatile.Write(ref _full, 0);
        Volatile.Write(ref _settings, settings);
        Interlocked.MemoryBarrier(); // whoever takes or returns a permit looks at the cap once more afterwards
    }

    /// <summary>Permits in use over the limit, of server or policy, whichever is fuller.</summary>
    public double Load(double serverLoad) => Cap is int cap ? Math.Max(serverLoad, (double)InUse / cap) : serverLoad;

    /// <summary>1 when a request was shed within the last second, else what that load presses.</summary>
    public double Pressure(double serverLoad, TimeSpan now) => Tally.Spell.IsFresh(now) ? 1 : Admission.Pressure.Of(Load(serverLoad));

    public PolicyReading ReadLocked()
    {
        long grants = Volatile.Read(ref _grants);
        return new PolicyReading(
            Name, Cap, (int)(grants & PermitMask), Waiting.Count, Waiting.Places, Settings.QueueCapacity, grants >>> GrantShift, Tally.Cancelled, Tally.CopyShed(), Tally.Spell.LastAt)
        { TicketsGranted = Retries?.Tickets.Granted ?? 0, TicketsDenied = Retries?.Tickets.Denied ?? 0 };
    }

    /// <summary>Lets refusals at a full queue do without the lock.</summary>
    private void PublishLocked(TimeSpan now, int limit)
    {
        bool isFull = Waiting.Count > 0 && Waiting.Places >= Settings.QueueCapacity && !Settings.EvictsOldest;
        Volatile.Write(ref _full, isFull ? FullUntilLocked(now, limit) | (long)Waiting.Lowest : 0);
    }

    // Until when a full queue stays so unless somebody leaves it: from then on whoever comes may find that it stands, or that the oldest has waited too long. The lowest two bits are kept free.
    private long FullUntilLocked(TimeSpan now, int limit)
    {
        if (Settings.Order != QueueOrder.Adaptive)
        {
            return TimeSpan.MaxValue.Ticks & ~3;
        }

        (TimeSpan from, TimeSpan span) = ServesNewestLocked
            ? (Waiting.Oldest!.EnqueuedAt, _pace.Bound(limit, Settings.MaximumWait, Steering.Slack))
            : (_standing.IsStanding ? now : _standing.OccupiedSince, _pace.Interval(limit)); // a service that got faster makes fewer waiters too many: judged once an interval
        return span > TimeSpan.MaxValue - from ? TimeSpan.MaxValue.Ticks & ~3 : (from + span).Ticks & ~3;
    }
}
