using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Is a fake clock that lets a test act just before one of its timers is changed, where another thread could.</summary>
internal sealed class InterruptedTime(FakeTimeProvider time) : TimeProvider
{
    /// <summary>Runs once, before the next change of a timer.</summary>
    public Action? BeforeNextChange { get; set; }

    public override long TimestampFrequency => time.TimestampFrequency;

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(this, time.CreateTimer(callback, state, dueTime, period));

    private sealed class Timer(InterruptedTime owner, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Action? interruption = owner.BeforeNextChange;
            owner.BeforeNextChange = null;
            interruption?.Invoke();
            return timer.Change(dueTime, period);
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
