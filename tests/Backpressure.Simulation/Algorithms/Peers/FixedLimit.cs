namespace Backpressure.Simulation.Algorithms.Peers;

/// <summary>A limit that never moves: what an operator sets by hand, and what the best limit of a scenario is searched with.</summary>
internal sealed class FixedLimit : IAlgorithm
{
    public FixedLimit(int initial) => Limit = initial;

    public int Limit { get; }

    public TimeSpan WakeAt => TimeSpan.MaxValue;

    public void Complete(in Completion completion)
    {
    }

    public void Hold(TimeSpan now, int inFlight, bool isShed)
    {
    }

    public void Wake(TimeSpan now, in ServerReading reading)
    {
    }
}
