using Backpressure.Http.Budget;

namespace Backpressure.AspNetCore.Retries;

/// <summary>Counts the first attempts that came and the tickets that were handed out, over one length of time. It keeps counts and no amounts, so that another ratio holds for what has come already. No call allocates.</summary>
/// <remarks>The slices of time in which attempts are counted cover the window at most, those of the tickets at least: so the bound holds for every window that ends with a ticket.</remarks>
internal sealed class TicketWindow
{
    private readonly object _lock = new(); // plain, like the gate's: systematic testing does not model System.Threading.Lock
    private readonly SlidingCount _attempts = new();
    private readonly WithdrawalWindow _tickets = new(); // under _lock
    private readonly long _attemptSliceTicks;
    private readonly long _ticketSliceTicks;
    private long _latestTicks; // under _lock
    private long _slice = -1; // Volatile only; written under _lock after the next one
    private long _count; // Volatile only; written under _lock: what _tickets holds

    /// <param name="length">How long an attempt and a ticket count.</param>
    public TicketWindow(TimeSpan length)
    {
        Length = length;
        _attemptSliceTicks = length.Ticks / SlidingCount.Slices;
        _ticketSliceTicks = ((length.Ticks - 1) / (SlidingCount.Slices - 1)) + 1;
    }

    public TimeSpan Length { get; }

    public void CountAttempt(TimeSpan now) => _attempts.Add(Slice(now.Ticks, _attemptSliceTicks));

    /// <summary>How many first attempts came within the window.</summary>
    public long Attempts(TimeSpan now) => _attempts.Sum(Slice(now.Ticks, _attemptSliceTicks));

    /// <summary>Hands out a ticket unless the window holds as many as the terms allow. In a flood, when there is none, that takes no lock.</summary>
    public bool TryHandOut(TicketTerms terms, TimeSpan now)
    {
        if (Volatile.Read(ref _slice) >= Slice(now.Ticks, _ticketSliceTicks) && Volatile.Read(ref _count) >= terms.Allow(Attempts(now)))
        {
            return false;
        }

        lock (_lock)
        {
            TimeSpan latest = AdvanceLocked(now);
            bool isThere = _tickets.Sum < terms.Allow(Attempts(latest));
            _tickets.Add(isThere ? 1 : 0);
            PublishLocked();
            return isThere;
        }
    }

    /// <summary>Takes over the tickets that another window holds, as if they were handed out now; the attempts are counted anew, so that no bound is exceeded.</summary>
    public void TakeOver(TicketWindow other, TimeSpan now)
    {
        long held = other.Held(now);
        lock (_lock)
        {
            AdvanceLocked(now);
            _tickets.Add(held);
            PublishLocked();
        }
    }

    private long Held(TimeSpan now)
    {
        lock (_lock)
        {
            AdvanceLocked(now);
            return _tickets.Sum;
        }
    }

    // Threads read the clock before they get here; inside time never runs back.
    private TimeSpan AdvanceLocked(TimeSpan now)
    {
        _latestTicks = Math.Max(_latestTicks, now.Ticks);
        _tickets.Advance(Slice(_latestTicks, _ticketSliceTicks));
        return new TimeSpan(_latestTicks);
    }

    private void PublishLocked()
    {
        Volatile.Write(ref _count, _tickets.Sum);
        Volatile.Write(ref _slice, Slice(_latestTicks, _ticketSliceTicks));
    }

    private static long Slice(long ticks, long sliceTicks) => Math.Max(0, ticks) / sliceTicks;
}
