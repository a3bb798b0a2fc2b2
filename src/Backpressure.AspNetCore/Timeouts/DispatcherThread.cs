namespace Backpressure.AspNetCore.Timeouts;

/// <summary>One thread of a crew: runs one callback after the other, and leaves nothing of one to the next.</summary>
internal sealed class DispatcherThread(DispatcherCrew crew)
{
    /// <summary>Since when it runs the present callback, as a timestamp; the largest value while it runs none. Guarded by the crew's lock.</summary>
    public long BusySince { get; set; } = long.MaxValue;

    public void Work()
    {
        ExecutionContext? clean = ExecutionContext.Capture();
        while (crew.Next(this) is { } timer)
        {
            if (timer.Run())
            {
                crew.NoteClaim();
            }

            CleanUp(clean);
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
