using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Engine;

/// <summary>Draws what a request needs in one step.</summary>
internal sealed class Demand
{
    private readonly DistributionKind _kind;
    private readonly ValueCursor _meanMs;
    private readonly double _sigma; // lognormal: of the logarithm
    private readonly double _likelier; // hyperexponential: how probable the shorter one is

    public Demand(StepModel step)
    {
        Station = step.Station;
        _kind = step.Distribution;
        _meanMs = new ValueCursor(step.MeanMs);
        double square = step.Cv * step.Cv;
        _sigma = Math.Sqrt(PortableMath.Log(1 + square));
        _likelier = (1 + Math.Sqrt(Math.Max(0, square - 1) / (square + 1))) / 2;
    }

    public int Station { get; }

    /// <summary>How many ticks of a server a request needs that comes to the step now.</summary>
    public double Draw(ref SplitMix random, long now) => DrawUnit(ref random) * _meanMs.At(now) * TimeSpan.TicksPerMillisecond;

    private double DrawUnit(ref SplitMix random) => _kind switch
    {
        DistributionKind.Exponential => random.NextExponential(),
        DistributionKind.LogNormal => PortableMath.Exp((_sigma * random.NextNormal()) - (_sigma * _sigma / 2)),
        DistributionKind.Hyperexponential => DrawMixture(ref random),
        _ => 1,
    };

    private double DrawMixture(ref SplitMix random)
    {
        bool isShort = random.NextUniform() < _likelier;
        return random.NextExponential() / (2 * (isShort ? _likelier : 1 - _likelier));
    }
}
