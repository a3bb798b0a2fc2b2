using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Hosting;

/// <summary>A clock that a test moves, also at the moment when a timer is taken back: as whoever waited at the gate does first when its wait is over.</summary>
internal sealed class TimeThatPasses : FakeTimeProvider
{
    private Action? _whenTakenBack; // Interlocked only

    /// <summary>Has something happen when the next timer is taken back.</summary>
    public void WhenTakenBack(Action act) => Interlocked.Exchange(ref _whenTakenBack, act);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Timer(this, base.CreateTimer(callback, state, dueTime, period));

    private sealed class Timer(TimeThatPasses owner, ITimer inner) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                Interlocked.Exchange(ref owner._whenTakenBack, null)?.Invoke();
            }

            return inner.Change(dueTime, period);
        }

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
