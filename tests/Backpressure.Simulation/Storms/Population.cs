using Backpressure.Simulation.Engine;

namespace Backpressure.Simulation.Storms;

/// <summary>Those who want something: their calls go out from client processes in turn, and are counted by the second in which they began.</summary>
internal sealed class Population
{
    private readonly ICaller[] _processes;
    private readonly long _patience;
    private readonly int[] _calls; // by second
    private readonly int[] _good; // likewise

    /// <param name="processes">The client processes.</param>
    /// <param name="patience">Within what time an answer is of use, from the beginning of the call.</param>
    /// <param name="seconds">How long the run lasts.</param>
    public Population(ICaller[] processes, TimeSpan patience, double seconds)
    {
        _processes = processes;
        _patience = patience.Ticks;
        _calls = new int[(int)Math.Ceiling(seconds)];
        _good = new int[_calls.Length];
    }

    /// <summary>Calls that began in each second.</summary>
    public IReadOnlyList<int> Calls => _calls;

    /// <summary>Those of them that were answered in time.</summary>
    public IReadOnlyList<int> Good => _good;

    public long AllCalls { get; private set; }

    /// <summary>Calls that ended, well or not.</summary>
    public long Ended { get; private set; }

    public void Arrive(long now)
    {
        int second = (int)(now / TimeSpan.TicksPerSecond);
        _calls[second]++;
        long number = AllCalls++;
        _processes[number % _processes.Length].Call(
            number,
            course: null,
            (isGood, at) =>
            {
                Ended++;
                _good[second] += isGood && at - now <= _patience ? 1 : 0;
            },
            now);
    }
}
