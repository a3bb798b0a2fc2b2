using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Limits;

namespace Backpressure.Simulation.Algorithms;

/// <summary>The limit of the server itself, steered as there: the gate tells its pilot what happens, and is moved by it.</summary>
internal sealed class OwnLimit : IAlgorithm
{
    private static readonly TimeSpan ReadingEvery = TimeSpan.FromMilliseconds(10); // as the server reads its processors and its pool

    private readonly AdaptiveLimit _limit;
    private TimeSpan _usedProcessors; // of one, since the run began
    private TimeSpan _wokenAt;
    private TimeSpan _wakeAt = ReadingEvery;
    private int _settled;

    /// <param name="initial">The limit to begin with.</param>
    /// <param name="minimum">The lowest.</param>
    /// <param name="maximum">The highest.</param>
    public OwnLimit(int initial, int minimum = 1, int maximum = 1000)
    {
        _limit = new AdaptiveLimit(initial, minimum, maximum);
        _settled = _limit.Current;
    }

    public int Limit => _limit.Current;

    /// <inheritdoc/>
    public int SettledLimit => _settled = _limit.Reason is LimitReason.ProbeDown or LimitReason.ProbeUp ? _settled : _limit.Current;

    public Func<ISteered, LimitPilot> Steer => gate => new LimitPilot(_limit, gate, new ProcessorMeter(() => _usedProcessors, processors: 1));

    public TimeSpan WakeAt => _wakeAt;

    public void Complete(in Completion completion)
    {
        // the pilot was told
    }

    public void Hold(TimeSpan now, int inFlight, bool isShed)
    {
        // likewise
    }

    public void Wake(TimeSpan now, in ServerReading reading)
    {
        _usedProcessors += reading.ProcessorShare * (now - _wokenAt);
        _wokenAt = now;
        _wakeAt = now + ReadingEvery;
    }
}
