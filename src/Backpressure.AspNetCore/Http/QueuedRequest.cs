using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Http;

/// <summary>Is a request's place at the gate: waits there until it is granted, the wait is over or the caller leaves. Used for one request after the other.</summary>
internal sealed class QueuedRequest : Waiter, IValueTaskSource<Outcome>, IDisposable
{
    private readonly AdmissionGate _gate;
    private readonly TimeoutClock _clock;
    private readonly Action? _onWait;
    private ManualResetValueTaskSourceCore<Outcome> _wait = new() { RunContinuationsAsynchronously = true }; // never inline: the completing thread is someone else's request or the timer (T3)
    private ITimer? _end;
    private long _ringsAt; // Volatile only; ticks of what the timer was set for last

    /// <param name="gate">The gate.</param>
    /// <param name="clock">Keeps the time.</param>
    /// <param name="onWait">Called when a wait begins.</param>
    public QueuedRequest(AdmissionGate gate, TimeoutClock clock, Action? onWait = null)
    {
        _gate = gate;
        _clock = clock;
        _onWait = onWait;
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
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Outcome> WaitAsync(CancellationToken callerLeft)
    {
        CancellationTokenRegistration leaving = default;
        try
        {
            SetTimer();
            _onWait?.Invoke();
            leaving = callerLeft.UnsafeRegister(static self => ((QueuedRequest)self!).Withdraw(), this);
        }
        catch
        {
            IsReusable = false; // nobody will hear what the gate says
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

    /// <summary>Gives back what it was granted.</summary>
    public void Leave(bool isSample, TimeSpan now)
    {
        WaiterChain decided = default;
        _gate.Leave(this, isSample, now, ref decided);
        decided.CompleteAll();
    }

    public override void Complete() => _wait.SetResult(Outcome);

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
        _gate.Withdraw(this, _clock.Now, ref decided);
        decided.CompleteAll();
    }

    /// <summary>Nobody will wait: takes the request out, or gives back what it was granted meanwhile.</summary>
    private void GiveUp()
    {
        WaiterChain decided = default;
        TimeSpan now = _clock.Now;
        if (!_gate.Withdraw(this, now, ref decided) && Outcome == Outcome.Granted)
        {
            _gate.Leave(this, isSample: false, now, ref decided);
        }

        decided.CompleteAll();
    }

    Outcome IValueTaskSource<Outcome>.GetResult(short token) => _wait.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<Outcome>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<Outcome>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);
}
