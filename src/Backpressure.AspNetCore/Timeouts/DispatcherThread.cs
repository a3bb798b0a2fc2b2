namespace Backpressure.AspNetCore.Timeouts;

/// <summary>One thread of a crew: runs one callback after the other, and leaves nothing of one to the next.</summary>
internal sealed class DispatcherThread(DispatcherCrew crew)
{
    /// <summary>Since when it runs the present callback, as a timestamp; the largest value while it runs none. Guarded by the crew's lock.</summary>
    public long BusySince { get; set; } = long.MaxValue;

    /// <summary>Whether it has asked for something to run. Guarded by the crew's lock.</summary>
    public bool HasArrived { get; set; }

    public void Work()
    {
        ExecutionContext? clean = ExecutionContext.Capture();
        while (Next() is { } timer)
        {
            if (timer.Run())
            {
                crew.NoteClaim();
            }

            CleanUp(clean);
        }
    }

    private ScheduledTimer? Next()
    {
        while (true)
        {
            try
            {
                return crew.Next(this);
            }
            catch (ThreadInterruptedException)
            {
                // the last callback asked for that, and is over; the crew's lock was not taken
            }
        }
    }

    /// <summary>As the thread pool does: what a callback without a context of its own has set must not reach another one's.</summary>
    private static void CleanUp(ExecutionContext? clean)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        if (clean is null)
        {
            return;
        }

        try
        {
            ExecutionContext.Restore(clean);
        }
        catch (Exception)
        {
            // an AsyncLocal's handler, which is told of the change, is a stranger's code; the context is restored all the same
        }
    }
}
