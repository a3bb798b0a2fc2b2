using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>Counts on its own what the threads of a stress run do to a gate, as handlers would see it.</summary>
internal sealed class StressLedger
{
    private int _inUse; // Interlocked only
    private int _peak; // Interlocked only
    private long _ticks; // Interlocked only
    private long _completed; // Interlocked only
    private long _answeredWaiting; // Interlocked only

    public int InUse => Volatile.Read(ref _inUse);

    public int Peak => Volatile.Read(ref _peak);

    public long Completed => Volatile.Read(ref _completed);

    public long AnsweredWaiting => Volatile.Read(ref _answeredWaiting);

    /// <summary>The next instant of a clock that all threads share.</summary>
    public TimeSpan Tick() => TimeSpan.FromTicks(Interlocked.Increment(ref _ticks));

    public void Answered(Outcome answer)
    {
        if (answer == Outcome.Waiting)
        {
            Interlocked.Increment(ref _answeredWaiting);
        }
    }

    /// <summary>A handler begins; called after its permits were granted.</summary>
    public void Begin(int cost)
    {
        int inUse = Interlocked.Add(ref _inUse, cost);
        int peak = Volatile.Read(ref _peak);
        while (inUse > peak)
        {
            int before = Interlocked.CompareExchange(ref _peak, inUse, peak);
            if (before == peak)
            {
                return;
            }

            peak = before;
        }
    }

    /// <summary>A handler ends; called before its permits are given back, so that what is counted never exceeds what is held.</summary>
    public void End(int cost) => Interlocked.Add(ref _inUse, -cost);

    public void Complete(TestWaiter waiter)
    {
        Interlocked.Increment(ref _completed);
        if (waiter.Outcome == Outcome.Granted)
        {
            Begin(waiter.Cost);
        }
    }
}
