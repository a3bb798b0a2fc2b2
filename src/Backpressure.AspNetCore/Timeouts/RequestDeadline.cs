namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Is the one deadline of a request: its token is cancelled when the time is up or the client is gone, whichever comes first. Used for one request after the other.</summary>
/// <remarks>Arming and ending touch no timer in the common case: a timer that is set stays set, and looks when it rings how things stand by then. State and generation are one word, so a late ring
/// can strike only the request that it read the word of (T5). One that has struck, or whose client's token may still be calling, is not used again.</remarks>
internal sealed class RequestDeadline : IDisposable
{
    private const int Idle = 0;
    private const int Armed = 1;
    private const int Expired = 2;
    private const int ExpiredBegun = 3;
    private const int Aborted = 4;
    private const int Outlived = 5;
    private const long StateMask = 7;
    private const long OneGeneration = 8;

    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _source = new(); // without a timer of its own, so that only _word decides who cancels it
    private CancellationTokenSource? _timeSource; // published by CAS
    private CancellationTokenRegistration _clientAborted;
    private bool _isLinked;
    private IExpiryWitness? _witness;
    private Overrun? _overrun; // published by CAS
    private long _due = Timestamps.Latest; // Volatile only; the instant, in timestamps of _clock
    private long _setFor = IAlarm.Never; // Interlocked only; when the timer rings, or later
    private long _word; // Interlocked only: the state in the lowest bits, the generation above

    /// <param name="clock">Keeps the time.</param>
    public RequestDeadline(TimeProvider clock)
    {
        _clock = clock;
        Token = _source.Token;
        _timer = UnflowedTimer.Create(clock, static deadline => ((RequestDeadline)deadline!).OnTimer(), this);
    }

    /// <summary>Whether it can serve another request; to be asked after <see cref="End"/>.</summary>
    public bool IsReusable { get; private set; } = true;

    /// <summary>Cancelled when the deadline passes or the client aborts; never after <see cref="End"/>.</summary>
    public CancellationToken Token { get; }

    /// <summary>Cancelled when the deadline passes, by nothing else.</summary>
    public CancellationToken TimeToken
    {
        get
        {
            CancellationTokenSource mine = new();
            CancellationTokenSource source = Interlocked.CompareExchange(ref _timeSource, mine, null) ?? mine;
            if (HasExpired)
            {
                source.Cancel(); // whoever struck may not have seen it
            }

            return source.Token;
        }
    }

    /// <summary>Whether the deadline itself passed; it is so before the token's callbacks run, and stays so after <see cref="End"/>.</summary>
    public bool HasExpired => State is Expired or ExpiredBegun;

    /// <summary>Whether it struck while a part of the answer was on its way.</summary>
    public bool HadBegun => State == ExpiredBegun;

    /// <summary>Whether it passed over the request because its answer was on its way.</summary>
    public bool WasOutlived { get; private set; }

    /// <summary>What callbacks on the token threw. They are a stranger's code, and nobody above could catch it.</summary>
    public Exception? CallbackFailure { get; private set; }

    private int State => (int)(Volatile.Read(ref _word) & StateMask);

    /// <summary>Begins to serve a request, without a deadline so far. Only while <see cref="IsReusable"/>.</summary>
    /// <param name="clientAborted">Cancels the token, too, without counting as expiry.</param>
    /// <param name="witness">Is asked when the time is up.</param>
    public void Begin(CancellationToken clientAborted, IExpiryWitness? witness = null)
    {
        _witness = witness;
        WasOutlived = false;
        Volatile.Write(ref _due, Timestamps.Latest);
        Volatile.Write(ref _word, (Volatile.Read(ref _word) & ~StateMask) + OneGeneration + Armed);
        _isLinked = clientAborted.CanBeCanceled;
        _clientAborted = clientAborted.UnsafeRegister(static deadline => ((RequestDeadline)deadline!).OnAbort(), this);
    }

    /// <summary>Sets the deadline, in place of an earlier one that has not passed; infinite means never, zero or less expires before this returns.</summary>
    public void Arm(TimeSpan remaining)
    {
        if (remaining == Timeout.InfiniteTimeSpan)
        {
            ArmAt(Timestamps.Latest);
            return;
        }

        ArmAt(Timestamps.After(_clock.GetTimestamp(), remaining, _clock.TimestampFrequency));
        if (remaining <= TimeSpan.Zero)
        {
            OnTimer();
        }
    }

    /// <summary>Sets the deadline to an instant of the clock, in place of an earlier one that has not passed; <see cref="Timestamps.Latest"/> means never.</summary>
    public void ArmAt(long due)
    {
        if (State != Armed)
        {
            return;
        }

        Volatile.Write(ref _due, due);
        Interlocked.MemoryBarrier(); // a timer that rings now sees the new instant, or is seen here to have rung
        if (due < Volatile.Read(ref _setFor) && due < Timestamps.Latest)
        {
            SetTimer(due);
        }
    }

    /// <summary>The request is done. From here on nothing cancels its token.</summary>
    public void End()
    {
        long word;
        int state;
        do
        {
            word = Volatile.Read(ref _word);
            state = (int)(word & StateMask);
            if (state == Idle)
            {
                return;
            }
        }
        while (state is Armed or Outlived && Interlocked.CompareExchange(ref _word, word & ~StateMask, word) != word);

        WasOutlived = state == Outlived;
        bool isUnlinked = _clientAborted.Unregister() || !_isLinked; // it does not wait for a callback that runs, so that it cannot deadlock with one (T4)
        IsReusable = state is Armed or Outlived && isUnlinked && _source.TryReset() && _timeSource?.TryReset() != false;
        if (state is Expired or ExpiredBegun)
        {
            Interlocked.Exchange(ref _overrun, Overrun.Ended)?.End();
        }
    }

    /// <summary>Ends it for good.</summary>
    public void Dispose()
    {
        End();
        IsReusable = false;
        _timer.Dispose();
    }

    private void OnAbort()
    {
        long word = Volatile.Read(ref _word);
        while ((word & StateMask) is Armed or Outlived)
        {
            if (TryMove(ref word, Aborted))
            {
                Cancel(_source);
                return;
            }
        }
    }

    private void OnTimer()
    {
        Interlocked.Exchange(ref _setFor, IAlarm.Never); // before anything is read: whoever arms it from now on sets the timer
        long word = Volatile.Read(ref _word);
        while ((word & StateMask) == Armed)
        {
            long due = Volatile.Read(ref _due); // not older than the word
            if (due == Timestamps.Latest)
            {
                return;
            }

            if (_clock.GetTimestamp() < due)
            {
                SetTimer(due); // rang for an earlier deadline, or for the first part of one that is longer than a timer can be
                return;
            }

            if (TryStrike(ref word))
            {
                return;
            }
        }
    }

    private bool TryStrike(ref long word)
    {
        ExpiryVerdict verdict = _witness?.Judge() ?? ExpiryVerdict.Strike;
        if (verdict == ExpiryVerdict.Pass)
        {
            return TryMove(ref word, Outlived);
        }

        Overrun? overrun = _witness?.PlanOverrun(); // before the word moves, while it is certain whom it would be about
        if (!TryMove(ref word, verdict == ExpiryVerdict.StrikeBegun ? ExpiredBegun : Expired))
        {
            return false;
        }

        if (overrun is not null && Interlocked.CompareExchange(ref _overrun, overrun, null) is null)
        {
            overrun.Start();
        }

        Cancel(_source);
        if (Volatile.Read(ref _timeSource) is { } timeSource)
        {
            Cancel(timeSource);
        }

        return true;
    }

    /// <summary>Changes the state of the request that <paramref name="word"/> was read of; where that has changed, reads it again.</summary>
    private bool TryMove(ref long word, int state)
    {
        long before = Interlocked.CompareExchange(ref _word, (word & ~StateMask) | (long)state, word);
        bool moved = before == word;
        word = before;
        return moved;
    }

    private void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException thrown)
        {
            CallbackFailure = thrown;
        }
    }

    private void SetTimer(long due)
    {
        while (true)
        {
            Interlocked.Exchange(ref _setFor, due);
            TimeSpan left = Timestamps.Between(_clock.GetTimestamp(), due, _clock.TimestampFrequency);
            _timer.Change(left < TimerSpans.Longest ? left : TimerSpans.Longest, Timeout.InfiniteTimeSpan);
            long moved = Volatile.Read(ref _due);
            if (moved >= due)
            {
                return;
            }

            due = moved; // somebody moved it nearer meanwhile, and their timer may be overwritten now
        }
    }
}
