namespace Backpressure.AspNetCore.Timeouts;

/// <summary>The threads of a crew, and whether there may be more. The crew's lock guards every member.</summary>
internal sealed class CrewRoster
{
    private static readonly TimeSpan BlockedAfter = TimeSpan.FromMilliseconds(100);

    private readonly List<DispatcherThread> _threads = [];
    private readonly TimeProvider _clock;
    private readonly long _blockedAfter;

    public CrewRoster(TimeProvider clock)
    {
        _clock = clock;
        _blockedAfter = Timestamps.After(0, BlockedAfter, clock.TimestampFrequency);
    }

    /// <summary>How many have arrived and not ended.</summary>
    public int Count => _threads.Count;

    /// <summary>How many are being started.</summary>
    public int Coming { get; set; }

    /// <summary>How many have run one callback for longer than 100 ms.</summary>
    public int Blocked
    {
        get
        {
            long since = _clock.GetTimestamp() - _blockedAfter;
            return _threads.Count(thread => thread.BusySince < since);
        }
    }

    /// <summary>Whether one more may be started.</summary>
    public bool MayGrow
    {
        get
        {
            int all = Count + Coming;
            return all < DispatcherCrew.MostThreads || (all < DispatcherCrew.MostWithBlocked && all - Blocked < DispatcherCrew.MostThreads);
        }
    }

    public void Add(DispatcherThread thread) => _threads.Add(thread);

    public void Remove(DispatcherThread thread) => _threads.Remove(thread);
}
