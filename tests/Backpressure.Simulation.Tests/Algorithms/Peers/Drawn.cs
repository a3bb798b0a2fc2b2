namespace Backpressure.Simulation.Tests.Algorithms.Peers;

/// <summary>Chance that always falls the same way.</summary>
internal sealed class Drawn : Random
{
    private readonly double _value;

    public Drawn(double value) => _value = value;

    public override double NextDouble() => _value;
}
