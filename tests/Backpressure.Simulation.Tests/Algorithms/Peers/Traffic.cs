using Backpressure.Simulation.Algorithms;

namespace Backpressure.Simulation.Tests.Algorithms.Peers;

/// <summary>Tells an algorithm of completions in its own virtual time.</summary>
internal sealed class Traffic
{
    private readonly IAlgorithm _algorithm;

    public Traffic(IAlgorithm algorithm) => _algorithm = algorithm;

    public TimeSpan Now { get; private set; }

    /// <summary>Ends requests in a little more than a second, evenly: the last of them is the one that closes the window.</summary>
    public void Window(int count, double milliseconds, int inFlight, CompletionKind kind = CompletionKind.Succeeded, int inFlightNow = 0)
    {
        for (int i = 0; i < count; i++)
        {
            Pass(TimeSpan.FromSeconds(1.01) / count);
            End(milliseconds, inFlight, kind, inFlightNow);
        }
    }

    public void End(double milliseconds, int inFlight = 1, CompletionKind kind = CompletionKind.Succeeded, int inFlightNow = 0) =>
        _algorithm.Complete(new Completion(Now, TimeSpan.FromMilliseconds(milliseconds), inFlight, inFlightNow, kind));

    public void Pass(TimeSpan time) => Now += time;

    /// <summary>Lets the time come that the algorithm asked for.</summary>
    public void Wake(double processorShare = 0)
    {
        Now = _algorithm.WakeAt;
        _algorithm.Wake(Now, new ServerReading(processorShare, TimeSpan.Zero));
    }
}
