using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore;

/// <summary>The settings of a <see cref="BackpressureLimiter"/>.</summary>
public sealed class BackpressureLimiterOptions
{
    private int? _initialLimit;

    /// <summary>How the limit is found.</summary>
    /// <value>Default <see cref="LimitAlgorithm.Adaptive"/>, which in this version keeps the limit at <see cref="InitialLimit"/>.</value>
    public LimitAlgorithm Algorithm { get; set; }

    /// <summary>What the limit never exceeds; with <see cref="LimitAlgorithm.Fixed"/> it is the limit.</summary>
    /// <value>From 1 to 1,000,000 permits. Default 1000.</value>
    public int PermitLimit { get; set; } = LimitOptions.DefaultMaximum;

    /// <summary>Where an adaptive limit starts.</summary>
    /// <value>From <see cref="MinimumLimit"/> to <see cref="PermitLimit"/> permits. Default the larger of 8 and four times the processor count, moved into that range.</value>
    public int InitialLimit
    {
        get => _initialLimit ?? Math.Min(Math.Max(Math.Max(8, 4 * Environment.ProcessorCount), MinimumLimit), PermitLimit);
        set => _initialLimit = value;
    }

    /// <summary>What an adaptive limit never falls below.</summary>
    /// <value>From 1 to <see cref="PermitLimit"/> permits. Default 1.</value>
    public int MinimumLimit { get; set; } = 1;

    /// <summary>How many permits may be waited for; a request beyond that fails at once. 0 means that nothing waits.</summary>
    /// <value>From 0 to 1,000,000. Default 0.</value>
    public int QueueLimit { get; set; }

    /// <summary>Which waiting request is served next.</summary>
    /// <value>Default <see cref="QueueProcessingOrder.OldestFirst"/>. The constructor refuses <see cref="QueueProcessingOrder.NewestFirst"/> in this version.</value>
    public QueueProcessingOrder QueueProcessingOrder { get; set; }
}
