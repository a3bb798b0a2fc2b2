using Backpressure.Simulation.Algorithms;

namespace Backpressure.Simulation.Tests.Engine;

/// <summary>A fixed limit that notes all that it is told.</summary>
internal sealed class Recording(int limit, TimeSpan? every = null) : IAlgorithm
{
    private TimeSpan _wakeAt = every ?? TimeSpan.MaxValue;

    public List<(TimeSpan Now, TimeSpan Took)> Ends { get; } = [];

    public List<Completion> Completions { get; } = [];

    public List<(TimeSpan Now, int InFlight, bool IsShed)> Holds { get; } = [];

    public List<(TimeSpan Now, ServerReading Reading)> Readings { get; } = [];

    public int Limit => limit;

    public TimeSpan WakeAt => _wakeAt;

    public void Complete(in Completion completion)
    {
        Ends.Add((completion.Now, completion.Took));
        Completions.Add(completion);
    }

    public void Hold(TimeSpan now, int inFlight, bool isShed) => Holds.Add((now, inFlight, isShed));

    public void Wake(TimeSpan now, in ServerReading reading)
    {
        Assert.Equal(_wakeAt, now);
        Readings.Add((now, reading));
        _wakeAt += every!.Value;
    }
}
