using Backpressure.AspNetCore.Limits;
using Backpressure.Simulation.Algorithms;

namespace Backpressure.Simulation.Tests.Running;

/// <summary>Any limit behind which the server heeds its thread pool; notes how long work waited for a thread after a while.</summary>
internal sealed class PoolAware(IAlgorithm inner, double fromSecond = 0) : IAlgorithm
{
    private readonly PoolPressure _pool = new();
    private TimeSpan _wakeAt = TimeSpan.FromMilliseconds(10);

    public TimeSpan LongestDelay { get; private set; }

    public int Limit => inner.Limit;

    public int Ceiling => _pool.Ceiling;

    public TimeSpan WakeAt => _wakeAt;

    public void Complete(in Completion completion) => inner.Complete(completion);

    public void Hold(TimeSpan now, int inFlight, bool isShed) => inner.Hold(now, inFlight, isShed);

    public void Wake(TimeSpan now, in ServerReading reading)
    {
        _wakeAt += TimeSpan.FromMilliseconds(10);
        _pool.Note(now, reading.DispatchDelay, reading.InUse, reading.ServiceTime);
        if (now.TotalSeconds >= fromSecond && reading.DispatchDelay > LongestDelay)
        {
            LongestDelay = reading.DispatchDelay;
        }
    }
}
