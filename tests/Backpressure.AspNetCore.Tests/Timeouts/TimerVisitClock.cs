using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Is a clock under a test's control that tells the test when the timers' thread reads it, which is before it visits the timers.</summary>
internal sealed class TimerVisitClock : FakeTimeProvider
{
    private Action? _atNextVisit; // taken by one exchange

    public void AtNextVisit(Action action) => Volatile.Write(ref _atNextVisit, action);

    public override long GetTimestamp()
    {
        if (Thread.CurrentThread.Name == "Backpressure timer")
        {
            Interlocked.Exchange(ref _atNextVisit, null)?.Invoke();
        }

        return base.GetTimestamp();
    }
}
