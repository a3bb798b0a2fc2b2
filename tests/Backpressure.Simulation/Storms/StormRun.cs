using Backpressure.Simulation.Engine;

namespace Backpressure.Simulation.Storms;

/// <summary>Runs a storm to its end on one thread.</summary>
internal static class StormRun
{
    /// <param name="sources">What happens; of those that are due at once the first comes first.</param>
    /// <param name="time">The clock.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="clients">The clients that are shipped; <see langword="null"/> where there are none.</param>
    /// <exception cref="InvalidOperationException">Something went wrong inside a call.</exception>
    public static void Run(EventSource[] sources, VirtualTime time, double seconds, ProtectedClients? clients)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null); // with one, what follows an answer would go to other threads
        try
        {
            EventSource.FireAll(sources, TimeSpan.FromSeconds(seconds).Ticks, time);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }

        if (clients?.Fault is { } fault)
        {
            throw new InvalidOperationException("A call of the client went wrong.", fault);
        }
    }
}
