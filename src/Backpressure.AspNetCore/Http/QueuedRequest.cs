using System.Threading.Tasks.Sources;
using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Http;

/// <summary>Waits for a permit until it is granted, the wait is over or the caller leaves.</summary>
internal sealed class QueuedRequest : Waiter, IValueTaskSource<Outcome>
{
    private readonly AdmissionGate _gate;
    private readonly TimeoutClock _clock;
    private ManualResetValueTaskSourceCore<Outcome> _wait = new() { RunContinuationsAsynchronously = true }; // never inline: the completing thread is someone else's request or the timer (T3)

    public QueuedRequest(PolicyGate policy, AdmissionGate gate, TimeoutClock clock)
        : base(policy)
    {
        _gate = gate;
        _clock = clock;
    }

    /// <summary>Puts the request to the gate and waits for what it decides.</summary>
    public async ValueTask<Outcome> WaitAsync(TimeSpan now, CancellationToken callerLeft)
    {
        Outcome outcome = _gate.Enqueue(this, now);
        if (outcome != Outcome.Waiting)
        {
            return outcome;
        }

        ITimer? end = null;
        CancellationTokenRegistration leaving = default;
        try
        {
            end = ExpiresAt == TimeSpan.MaxValue ? null : EndTimer();
            leaving = callerLeft.UnsafeRegister(static self => ((QueuedRequest)self!).Leave(), this);
        }
        catch
        {
            end?.Dispose();
            GiveUp();
            throw;
        }

        try
        {
            return await new ValueTask<Outcome>(this, _wait.Version);
        }
        finally
        {
            end?.Dispose();
            leaving.Unregister(); // not Dispose, which would wait for a callback that may be at the gate's lock (T4)
        }
    }

    public override void Complete() => _wait.SetResult(Outcome);

    private ITimer EndTimer()
    {
        TimeSpan left = ExpiresAt - _clock.Now; // not from the time that the gate was given: getting into the queue may have taken a while
        left = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        ITimer timer = _clock.Provider.CreateTimer(
            static self => ((QueuedRequest)self!).End(), this, left < TimerSpans.Longest ? left : TimerSpans.Longest, Timeout.InfiniteTimeSpan);
        if (_clock.Now >= ExpiresAt)
        {
            End(); // time went on while the timer was made
        }

        return timer;
    }

    private void End()
    {
        WaiterChain decided = default;
        _gate.Expire(this, _clock.Now, ref decided);
        decided.CompleteAll();
    }

    /// <summary>Nobody will wait: takes the request out, or gives back what it was granted meanwhile.</summary>
    private void GiveUp()
    {
        WaiterChain decided = default;
        TimeSpan now = _clock.Now;
        if (!_gate.Withdraw(this, now, ref decided) && Outcome == Outcome.Granted)
        {
            _gate.Leave(Policy, Cost, now, ref decided);
        }

        decided.CompleteAll();
    }

    private void Leave()
    {
        WaiterChain decided = default;
        _gate.Withdraw(this, _clock.Now, ref decided);
        decided.CompleteAll();
    }

    Outcome IValueTaskSource<Outcome>.GetResult(short token) => _wait.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<Outcome>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<Outcome>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);
}
