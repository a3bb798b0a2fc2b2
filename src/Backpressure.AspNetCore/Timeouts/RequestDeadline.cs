using static Backpressure.AspNetCore.Timeouts.DeadlineState;

namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Is the one deadline of a request: its token is cancelled when the time is up or the client is gone, whichever comes first. Used for one request after the other.</summary>
/// <remarks>Arming and ending touch no timer in the common case. State and generation are one word, so a late ring can strike only the request that it read the word of (T5). One that has struck or passed, or whose client's token may still be calling, is not used again.</remarks>
internal sealed class RequestDeadline : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly LazyTimer _timer;
    private readonly DeadlineTokens _tokens = new();
    private CancellationTokenRegistration _clientAborted;
    private bool _isLinked;
    private IExpiryWitness? _witness;
    private readonly DeadlineAftermath _aftermath = new();
    private long _word; // Interlocked only: the state in the lowest bits, the generation above

    /// <param name="clock">Keeps the time.</param>
    public RequestDeadline(TimeProvider clock)
    {
        _clock = clock;
        _timer = new LazyTimer(clock, OnTimer);
    }

    /// <summary>Whether it can serve another request; to be asked after <see cref="End"/>.</summary>
    public bool IsReusable { get; private set; } = true;

    /// <summary>Cancelled when the deadline passes or the client aborts; never after <see cref="End"/>.</summary>
    public CancellationToken Token => _tokens.Any;

    /// <summary>Cancelled when the deadline passes, by nothing else.</summary>
    public CancellationToken TimeToken => _tokens.TimeOf(this);

    /// <summary>Whether the deadline itself passed; it is so before the token's callbacks run, and stays so after <see cref="End"/>.</summary>
    public bool HasExpired => State is Expired or ExpiredBegun;

    /// <summary>Whether it struck while a part of the answer was on its way.</summary>
    public bool HadBegun => State == ExpiredBegun;

    /// <summary>Whether it passed over the request because its answer was on its way, and that did not stall.</summary>
    public bool WasOutlived { get; private set; }

    private int State => (int)(Volatile.Read(ref _word) & StateMask);

    /// <summary>Begins to serve a request, without a deadline so far. Only while <see cref="IsReusable"/>.</summary>
    /// <param name="clientAborted">Cancels the token, too, without counting as expiry.</param>
    /// <param name="witness">Is asked when the time is up.</param>
    public void Begin(CancellationToken clientAborted, IExpiryWitness? witness = null)
    {
        _witness = witness;
        WasOutlived = false;
        _timer.Forget();
        Volatile.Write(ref _word, (Volatile.Read(ref _word) & ~StateMask) + OneGeneration + Armed);
        _isLinked = clientAborted.CanBeCanceled;
        _clientAborted = clientAborted.UnsafeRegister(static deadline => ((RequestDeadline)deadline!).OnAbort(), this);
    }

    /// <summary>Sets the deadline, in place of an earlier one that has not passed; infinite means never, zero or less expires before this returns.</summary>
    public void Arm(TimeSpan remaining)
    {
        bool isEndless = remaining == Timeout.InfiniteTimeSpan;
        ArmAt(isEndless ? Timestamps.Latest : Timestamps.After(_clock.GetTimestamp(), remaining, _clock.TimestampFrequency));
        if (!isEndless && remaining <= TimeSpan.Zero)
        {
            OnTimer();
        }
    }

    /// <summary>Sets the deadline to an instant of the clock, in place of an earlier one that has not passed; <see cref="Timestamps.Latest"/> means never.</summary>
    public void ArmAt(long due)
    {
        if (State is Armed or Aborted) // of the latter only to see whether its handler runs on
        {
            _timer.Set(due);
        }
    }

    /// <summary>Takes the deadline away, also from a ring that is under way: from here on it cancels no token.</summary>
    /// <returns><see langword="false"/> where it has struck.</returns>
    public bool TryDisable()
    {
        _timer.Forget(); // before the word moves on: a ring that is under way looks at the instant again then
        long word = Volatile.Read(ref _word);
        while ((word & StateMask) is Armed or Outlived && !TryMove(ref word, (word & StateMask) + OneGeneration))
        {
            // somebody else has moved it
        }

        return !HasExpired;
    }

    /// <summary>The response is complete although the handler goes on: the deadline still cancels its token, but nobody is cut off any more, for that would be another request.</summary>
    public void LeaveRequest() => _aftermath.LeaveRequest();

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
        IsReusable = state == Armed && isUnlinked && _tokens.TryReset();
        if (state != Armed)
        {
            _aftermath.End();
        }
    }

    /// <summary>Ends it for good.</summary>
    public void Dispose()
    {
        End();
        IsReusable = false;
        _timer.Dispose();
        if (State == Idle)
        {
            _tokens.Dispose(); // nobody has cancelled them and nobody will; otherwise that may be under way
        }
    }

    private void OnAbort()
    {
        long word = Volatile.Read(ref _word);
        while ((word & StateMask) is Armed or Outlived)
        {
            if (TryMove(ref word, Aborted))
            {
                _tokens.CancelAsClientLeft();
                return;
            }
        }
    }

    private void OnTimer()
    {
        long word = Volatile.Read(ref _word);
        while ((word & StateMask) is Armed or Aborted && _timer.IsDue()) // the instant that it asks for is not older than the word
        {
            if ((word & StateMask) == Aborted)
            {
                _aftermath.Begin(_witness?.PlanOverrun(clientIsGone: true)); // nobody is to be told, but whoever runs on holds a permit
                return;
            }

            ExpiryVerdict verdict = _witness?.Judge() ?? ExpiryVerdict.Strike;
            if (verdict == ExpiryVerdict.Pass ? TryPass(ref word) : TryExpire(ref word, verdict == ExpiryVerdict.StrikeBegun ? ExpiredBegun : Expired))
            {
                return;
            }
        }
    }

    private bool TryPass(ref long word)
    {
        long passed = (word & ~StateMask) | Outlived;
        StallWatch? watch = _witness?.PlanWatch(); // before the word moves, while it is certain whom it would be about
        if (!TryMove(ref word, Outlived))
        {
            return false;
        }

        _aftermath.Begin(watch, () => TryExpire(ref passed, ExpiredBegun)); // the request that passed, or none
        return true;
    }

    private bool TryExpire(ref long word, int state)
    {
        Overrun? overrun = _witness?.PlanOverrun(clientIsGone: false);
        if (!TryMove(ref word, state))
        {
            return false;
        }

        _aftermath.Begin(overrun);
        _tokens.CancelAsTimeIsUp(_witness);
        return true;
    }

    /// <summary>Changes the state of the request that <paramref name="word"/> was read of, or its generation, too; where that has changed, reads it again.</summary>
    private bool TryMove(ref long word, long state)
    {
        long before = Interlocked.CompareExchange(ref _word, (word & ~StateMask) + state, word);
        (bool moved, word) = (before == word, before);
        return moved;
    }
}
