namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Is the one deadline of a request: its token is cancelled when the time is up or the client is gone, whichever comes first.</summary>
internal sealed class RequestDeadline : IDisposable
{
    private const int Armed = 0;
    private const int Expired = 1;
    private const int ExpiredBegun = 2;
    private const int Aborted = 3;
    private const int Done = 4;

    private readonly TimeProvider _clock;
    private readonly IExpiryWitness? _witness;
    private readonly CancellationTokenSource _source = new(); // without a timer of its own, so that only _state decides who cancels it
    private readonly ITimer _timer;
    private readonly CancellationTokenRegistration _clientAborted;
    private volatile bool _wasOutlived;
    private long _due = Timestamps.Latest; // Volatile only; the instant, in timestamps of _clock
    private int _state; // one CAS away from Armed, and never back

    /// <param name="clock">Keeps the time.</param>
    /// <param name="clientAborted">Cancels the token, too, without counting as expiry.</param>
    /// <param name="witness">Is asked when the time is up.</param>
    public RequestDeadline(TimeProvider clock, CancellationToken clientAborted, IExpiryWitness? witness = null)
    {
        _clock = clock;
        _witness = witness;
        Token = _source.Token;
        _timer = clock.CreateTimer(static deadline => ((RequestDeadline)deadline!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _clientAborted = clientAborted.UnsafeRegister(static deadline => ((RequestDeadline)deadline!).End(Aborted), this);
    }

    /// <summary>Cancelled when the deadline passes or the client aborts; never after <see cref="Dispose"/>.</summary>
    public CancellationToken Token { get; }

    /// <summary>Whether the deadline itself passed; it is so before the token's callbacks run, and stays so after <see cref="Dispose"/>.</summary>
    public bool HasExpired => Volatile.Read(ref _state) is Expired or ExpiredBegun;

    /// <summary>Whether it struck while a part of the answer was on its way.</summary>
    public bool HadBegun => Volatile.Read(ref _state) == ExpiredBegun;

    /// <summary>Whether it passed over the request because its answer was on its way.</summary>
    public bool WasOutlived => _wasOutlived;

    /// <summary>What callbacks on the token threw. They are a stranger's code, and nobody above could catch it.</summary>
    public Exception? CallbackFailure { get; private set; }

    /// <summary>Sets the deadline, in place of an earlier one that has not passed; infinite means never, zero or less expires before this returns.</summary>
    public void Arm(TimeSpan remaining)
    {
        if (remaining == Timeout.InfiniteTimeSpan)
        {
            Volatile.Write(ref _due, Timestamps.Latest);
            SetTimer();
        }
        else if (remaining <= TimeSpan.Zero)
        {
            Expire();
        }
        else
        {
            Volatile.Write(ref _due, Timestamps.After(_clock.GetTimestamp(), remaining, _clock.TimestampFrequency));
            SetTimer();
        }
    }

    public void Dispose()
    {
        int before = Interlocked.CompareExchange(ref _state, Done, Armed);
        _timer.Dispose();
        _clientAborted.Unregister(); // does not wait for a callback that runs, so that it cannot deadlock with one
        if (before == Armed)
        {
            _source.Dispose(); // nobody has cancelled it and nobody will; otherwise a Cancel may be under way
        }
    }

    private void OnTimer()
    {
        if (Volatile.Read(ref _state) != Armed)
        {
            return;
        }

        if (_clock.GetTimestamp() < Volatile.Read(ref _due))
        {
            SetTimer(); // rang for an earlier deadline, or for the first part of one that is longer than a timer can be
        }
        else
        {
            Expire();
        }
    }

    private void SetTimer()
    {
        long due;
        do
        {
            due = Volatile.Read(ref _due);
            _timer.Change(SpanUntil(due), Timeout.InfiniteTimeSpan);
        }
        while (due != Volatile.Read(ref _due)); // somebody moved it meanwhile, and their timer may be overwritten now
    }

    private TimeSpan SpanUntil(long due)
    {
        if (due == Timestamps.Latest)
        {
            return Timeout.InfiniteTimeSpan;
        }

        TimeSpan left = Timestamps.Between(_clock.GetTimestamp(), due, _clock.TimestampFrequency);
        return left < TimerSpans.Longest ? left : TimerSpans.Longest;
    }

    private void Expire()
    {
        switch (_witness?.Judge())
        {
            case ExpiryVerdict.Pass:
                _wasOutlived = true;
                break;
            case ExpiryVerdict.StrikeBegun:
                End(ExpiredBegun);
                break;
            default:
                End(Expired);
                break;
        }
    }

    private void End(int state)
    {
        if (Interlocked.CompareExchange(ref _state, state, Armed) != Armed)
        {
            return;
        }

        try
        {
            _source.Cancel();
        }
        catch (AggregateException thrown)
        {
            CallbackFailure = thrown;
        }
    }
}
