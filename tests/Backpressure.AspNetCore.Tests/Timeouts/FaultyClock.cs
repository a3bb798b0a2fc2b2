namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Is the real clock, except that it throws a number of times on the timers' own thread.</summary>
internal sealed class FaultyClock(int faults) : TimeProvider
{
    private int _left = faults;

    public override long GetTimestamp()
    {
        if (Thread.CurrentThread.Name == "Backpressure timer" && Interlocked.Decrement(ref _left) >= 0)
        {
            throw new InvalidOperationException("injected");
        }

        return base.GetTimestamp();
    }
}
