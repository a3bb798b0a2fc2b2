namespace Backpressure.Simulation.Model;

internal enum DistributionKind
{
    Exponential,

    LogNormal,

    Constant,

    /// <summary>A mixture of two exponentials with balanced means, for a coefficient of variation of 1 or more.</summary>
    Hyperexponential,
}
