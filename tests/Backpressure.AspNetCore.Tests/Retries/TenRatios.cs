namespace Backpressure.AspNetCore.Tests.Retries;

/// <summary>Ratios of a retry budget: the bounds, the defaults of several proxies and clients, and some that no sum of binary fractions meets.</summary>
public sealed class TenRatios : TheoryData<double>
{
    public TenRatios() => AddRange(0.0, 0.001, 0.01, 0.05, 0.1, 0.2, 0.33, 0.5, 0.9, 1.0);
}
