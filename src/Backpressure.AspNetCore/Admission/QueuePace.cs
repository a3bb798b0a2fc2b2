namespace Backpressure.AspNetCore.Admission;

/// <summary>Measures how long a policy's requests take and how fast its queue drains, and says what waits follow from that.</summary>
internal sealed class QueuePace
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100); // with 5 ms below, the constants of CoDel as used for services (folly, "Fail at Scale")
    private static readonly TimeSpan ShortestBound = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan HastyExtra = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan GapMemory = TimeSpan.FromSeconds(1);

    private const int Unusual = 4; // so long a gap comes by chance in 2 of 100 cases, with the most random of services
    private const double PatientStock = 1.7;
    private const double HastyTotal = 1.8;
    private const double LeastSlack = 1.15;
    private const double FewShed = 0.25; // for each grant
    private const double ManyShed = 0.75;
    private const int Remembered = 64; // completions and grants; few enough to follow a change, enough for a mean

    private readonly SheddingRate _shedding = new();

    // The mean service time is updated without a lock: a lost update costs an estimate one sample, and a word is never torn.
    private double _service;
    private int _services;
    private double _gap; // written under the gate's lock
    private int _gaps; // guarded by it
    private TimeSpan _lastGrant; // likewise

    /// <summary>The mean time from grant to return; zero when nothing is known.</summary>
    public TimeSpan ServiceTime => TimeSpan.FromTicks((long)Volatile.Read(ref _service));

    /// <summary>A request gave its permits back.</summary>
    public void NoteService(TimeSpan took)
    {
        int count = _services;
        double mean = Volatile.Read(ref _service);
        Volatile.Write(ref _service, mean + ((took.Ticks - mean) / (count + 1)));
        _services = Math.Min(count + 1, Remembered - 1);
    }

    /// <summary>A waiter was granted its permits.</summary>
    /// <param name="now">When.</param>
    /// <param name="occupiedSince">Since when somebody has been waiting; the time before that says nothing of how fast a queue drains.</param>
    /// <param name="shed">How many were refused so far.</param>
    public void NoteGrant(TimeSpan now, TimeSpan occupiedSince, long shed)
    {
        _shedding.NoteGrant(shed);
        TimeSpan from = _lastGrant > occupiedSince ? _lastGrant : occupiedSince;
        if (now - _lastGrant > GapMemory)
        {
            _gaps = Math.Min(_gaps, 1); // an old pace is a hint and no more
        }

        double gap = Math.Max(0, (now - from).Ticks);
        Volatile.Write(ref _gap, _gap + ((gap - _gap) / (_gaps + 1)));
        _gaps = Math.Min(_gaps + 1, Remembered - 1);
        _lastGrant = now > _lastGrant ? now : _lastGrant;
    }

    /// <summary>Nobody was refused for so long, or ever: after an interval there is no reason for haste any more.</summary>
    public void NoteRest(TimeSpan? since, int limit)
    {
        if (since is null || since > Interval(limit))
        {
            _shedding.Forget();
        }
    }

    /// <summary>How long it takes until so many waiters are served, at the pace of late. Where no grant has come for several times as long as usual, at the pace that this shows.</summary>
    public TimeSpan TimeFor(int waiters, TimeSpan now, TimeSpan occupiedSince)
    {
        TimeSpan from = _lastGrant > occupiedSince ? _lastGrant : occupiedSince;
        double gap = Volatile.Read(ref _gap);
        double open = (now - from).Ticks;
        return TimeSpan.FromTicks((long)Math.Min((open > Unusual * gap ? open : gap) * waiters, TimeSpan.MaxValue.Ticks / 2));
    }

    /// <summary>For how long a queue must not be empty to count as standing: max(100 ms, 5·s/L). The largest value while the service time is not known.</summary>
    public TimeSpan Interval(int limit) => _services == 0 ? TimeSpan.MaxValue : Longer(ShortestInterval, ServiceTime * 5 / limit);

    /// <summary>How far the waits are kept short, from 0 to 1: wholly where at least 1.75 times as many come as are served, not at all below 1.25 times, nor where no more may run than keep the service busy.</summary>
    /// <remarks>A queue keeps a service busy where just as many come as it can serve. Where many more do, it is filled again at once; and where the limit is above the knee, those that wait inside do the same.</remarks>
    /// <param name="slack">How many times the number that keeps the service busy may run.</param>
    public double Haste(double slack) => slack < LeastSlack ? 0 : Math.Clamp((_shedding.PerGrant - FewShed) / (ManyShed - FewShed), 0, 1);

    /// <summary>How long a wait in a standing queue may last: max(5 ms, 2·s/L, min(longest wait, 2·s)), and in haste (1.8/slack − 1)·s + 10 ms instead of 2·s.</summary>
    /// <remarks>Absolute 5 ms would cost a slow service up to a third of its goodput: between two of its permits passes more than that. In haste wait and service together take at most 1.8 times what the
    /// service takes while nobody waits inside, which is s/slack by Little's law.</remarks>
    public TimeSpan Bound(int limit, TimeSpan maximumWait, double slack = 1)
    {
        double haste = Haste(slack);
        TimeSpan twice = ServiceTime * 2;
        TimeSpan hasty = (ServiceTime * ((HastyTotal / slack) - 1)) + HastyExtra;
        TimeSpan wanted = (hasty * haste) + (twice * (1 - haste));
        TimeSpan fair = maximumWait == Timeout.InfiniteTimeSpan || wanted < maximumWait ? wanted : maximumWait;
        return Longer(ShortestBound, Longer(twice / limit, fair));
    }

    /// <summary>How many may wait in a standing queue before it is served newest first and anybody is turned away for it: 1.7 times as many as are served within the bound, 3.4·L with usual waits; in haste
    /// no more than are served within it.</summary>
    /// <remarks>At 1.1 times what a service can do, turning away all who have waited for 2·s leaves too few in the queue to keep it busy: 4 × 100 ms at random lost 9% of its goodput.
    /// With less than 1.5 it still loses 3%, with more than 1.9 the slowest services answer no sooner than oldest first (simulated, AdaptiveOrderSimulationTests).</remarks>
    public double Stock(int limit, TimeSpan maximumWait, double slack = 1)
    {
        double factor = PatientStock + (Haste(slack) * (1 - PatientStock));
        return Math.Max(1, factor * Bound(limit, maximumWait, slack).Ticks * limit / Math.Max(1, Volatile.Read(ref _service)));
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
