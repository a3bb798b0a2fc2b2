namespace Backpressure.Simulation.Algorithms.Peers;

/// <summary>Gathers completions for the limits of Netflix concurrency-limits, as its WindowedLimit does with its defaults: 1 s, 10 samples or more, none under 100 µs.</summary>
/// <remarks>The first completion after the end of a window belongs to it and closes it; a window with too few samples is thrown away.
/// That library tells a limit of a drop when a request hits a timeout, and its gRPC interceptor does so for a call that was cancelled or whose deadline passed:
/// so a caller who left is a drop, with the whole time that the work took. A failure is a drop, too. What the limit itself refused is never a sample there.</remarks>
internal sealed class NetflixWindow
{
    private const int LeastSamples = 10;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeastRtt = TimeSpan.FromMicroseconds(100);

    private TimeSpan _closesAt;
    private long _sum;
    private int _count;
    private int _inFlight;
    private bool _didDrop;

    /// <summary>Takes a completion in.</summary>
    /// <returns>Whether it closed a window with enough samples.</returns>
    public bool TryClose(in Completion completion, out WindowSample sample)
    {
        sample = default;
        if (completion.Took < LeastRtt)
        {
            return false;
        }

        _sum += completion.Took.Ticks;
        _count++;
        _inFlight = Math.Max(_inFlight, completion.InFlightAtStart);
        _didDrop |= completion.Kind != CompletionKind.Succeeded;
        if (completion.Now <= _closesAt)
        {
            return false;
        }

        bool isReady = _count >= LeastSamples;
        sample = new WindowSample(_sum / _count, _inFlight, _didDrop);
        _closesAt = completion.Now + Length;
        (_sum, _count, _inFlight, _didDrop) = (0, 0, 0, false);
        return isReady;
    }
}
