using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Limits;
using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Http;

/// <summary>Is a request's place at the gate: waits there until it is granted, the wait is over or the caller leaves. Used for one request after the other.</summary>
internal sealed class QueuedRequest : Waiter, IValueTaskSource<Outcome>, IThreadPoolWorkItem, IDisposable
{
    private readonly AdmissionGate _gate;
    private readonly TimeoutClock _clock;
    private readonly Action? _onWait;
    private readonly Action? _onShed;
    private ManualResetValueTaskSourceCore<Outcome> _wait; // goes on as a work item, never inline: the completing thread is someone else's request or the timer (T3)
    private Action<object?>? _goOn;
    private object? _state;
    private ITimer? _end;
    private long _ringsAt; // Volatile only; ticks of what the timer was set for last
    private CallerPresence _caller;

    /// <param name="gate">The gate.</param>
    /// <param name="clock">Keeps the time.</param>
    /// <param name="onWait">Called when a wait begins.</param>
    /// <param name="onShed">Called when it was in vain, before anybody is woken.</param>
    public QueuedRequest(AdmissionGate gate, TimeoutClock clock, Action? onWait = null, Action? onShed = null)
    {
        _gate = gate;
        _clock = clock;
        _onWait = onWait;
        _onShed = onShed;
    }

    /// <summary>Whether no callback can come any more on behalf of whoever waited here. A late ring of the timer does no harm: the gate looks at the time itself (T5).</summary>
    public bool IsReusable { get; private set; } = true;

    /// <summary>Puts the request to the gate. After <see cref="Outcome.Waiting"/>, and only then, <see cref="WaitAsync"/> must be called.</summary>
    public Outcome Enter(TimeSpan now)
    {
        WaiterChain decided = default;
        Outcome outcome = _gate.Enter(this, now, ref decided);
        decided.CompleteAll();
        return outcome;
    }

    /// <summary>Waits for what the gate decides.</summary>
    /// <param name="callerLeft">Ends the wait.</param>
    /// <param name="caller">Says whether that was the caller.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Outcome> WaitAsync(CancellationToken callerLeft, CallerPresence caller = default)
    {
        CancellationTokenRegistration leaving = default;
        _caller = caller;
        try
        {
            SetTimer();
            _onWait?.Invoke();
            leaving = callerLeft.UnsafeRegister(static self => ((QueuedRequest)self!).Withdraw(), this);
        }
        catch
        {
            GiveUp();
            throw;
        }

        Outcome outcome = await new ValueTask<Outcome>(this, _wait.Version);
        _end?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (!leaving.Unregister() && callerLeft.CanBeCanceled) // not Dispose, which would wait for a callback that may be at the gate's lock (T4)
        {
            IsReusable = false; // that callback may still be under way
        }

        _wait.Reset();
        return outcome;
    }

    /// <summary>Its time was over before it could make use of what it was granted: gives that back, and is shed like those whose wait ends so.</summary>
    public Outcome TurnBack()
    {
        TimeSpan now = _clock.Now;
        Policy.UndoGrant(permits: 0);
        ReturnRetry(now, EnqueuedAt);
        Leave(Ending.Ignored, now);
        return Refuse(ShedReason.QueueTimeout, now);
    }

    /// <summary>Gives back what it was granted.</summary>
    public void Leave(Ending ending, TimeSpan now)
    {
        WaiterChain decided = default;
        _gate.Leave(this, ending, now, ref decided);
        decided.CompleteAll();
    }

    public override void Complete()
    {
        if (Outcome == Outcome.Shed)
        {
            _onShed?.Invoke();
        }

        _wait.SetResult(Outcome);
    }

    /// <summary>Forgets its timer; nobody will wait here any more.</summary>
    public void Dispose() => _end?.Dispose();

    private void SetTimer()
    {
        if (ExpiresAt == TimeSpan.MaxValue)
        {
            return;
        }

        _end ??= UnflowedTimer.Create(_clock.Provider, static self => ((QueuedRequest)self!).Ring(), this, CallbackRoute.DispatcherFirst);
        TimeSpan end = ExpiresAt;
        RingAt(end, TimeSpan.Zero);
        if (_clock.Now >= end)
        {
            Ring(); // time went on while the timer was set
        }
    }

    /// <summary>Ends the wait if it is over, else sets the timer for the rest. Looks again afterwards: a ring on behalf of whoever waited here before may set it for a wait that has begun since.</summary>
    private void Ring()
    {
        TimeSpan? set = null;
        while (Expire() is { } end && end != set)
        {
            RingAt(end, end.Ticks == Volatile.Read(ref _ringsAt) ? LazyTimer.ShortestRest : TimeSpan.Zero); // a clock that counts whole milliseconds has rung early
            set = end;
        }
    }

    private void RingAt(TimeSpan end, TimeSpan atLeast)
    {
        TimeSpan left = end - _clock.Now;
        TimeSpan due = left < TimerSpans.Longest ? left : TimerSpans.Longest;
        Volatile.Write(ref _ringsAt, end.Ticks);
        _end!.Change(due > atLeast ? due : atLeast, Timeout.InfiniteTimeSpan);
    }

    /// <returns>When the wait ends; <see langword="null"/> when it has.</returns>
    private TimeSpan? Expire()
    {
        WaiterChain decided = default;
        TimeSpan? end = _gate.Expire(this, _clock.Now, ref decided);
        decided.CompleteAll();
        return end;
    }

    private void Withdraw()
    {
        WaiterChain decided = default;
        _gate.Withdraw(this, _clock.Now, ref decided, isTimeUp: !_caller.HasLeft);
        decided.CompleteAll();
    }

    /// <summary>Nobody will wait: takes the request out, or gives back what it was granted meanwhile.</summary>
    public void GiveUp()
    {
        IsReusable = false; // nobody will hear what the gate says
        WaiterChain decided = default;
        TimeSpan now = _clock.Now;
        if (!_gate.Withdraw(this, now, ref decided) && Outcome == Outcome.Granted)
        {
            _gate.Leave(this, Ending.Ignored, now, ref decided);
        }

        decided.CompleteAll();
    }

    void IValueTaskSource<Outcome>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _goOn = continuation;
        _state = state;
        _wait.OnCompleted(static self => ((QueuedRequest)self!).GoOn(), this, token, ValueTaskSourceOnCompletedFlags.None);
    }

    void IThreadPoolWorkItem.Execute() => _goOn!(_state);

    Outcome IValueTaskSource<Outcome>.GetResult(short token) => _wait.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<Outcome>.GetStatus(short token) => _wait.GetStatus(token);

    /// <summary>Goes on behind those who wait for a thread to come to the gate, not in front of them as the completing thread's own continuation would: they are decided at once, and it may run for long (rule 4.11).</summary>
    private void GoOn() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
}
