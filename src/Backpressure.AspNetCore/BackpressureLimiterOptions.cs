using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore;

/// <summary>The settings of a <see cref="BackpressureLimiter"/>.</summary>
public sealed class BackpressureLimiterOptions
{
    private int? _initialLimit;

    /// <summary>How the limit is found.</summary>
    /// <value>Default <see cref="LimitAlgorithm.Adaptive"/>: it moves between <see cref="MinimumLimit"/> and <see cref="PermitLimit"/>.</value>
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
    /// <value>Default <see cref="QueueProcessingOrder.OldestFirst"/>. With <see cref="QueueProcessingOrder.NewestFirst"/> a newcomer at a full queue takes the place of those who waited longest, as with the framework's own limiter.</value>
    public QueueProcessingOrder QueueProcessingOrder { get; set; }

    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    internal void Check()
    {
        Require(Enum.IsDefined(Algorithm), nameof(Algorithm), "Adaptive or Fixed", Algorithm);
        Require(PermitLimit is >= 1 and <= 1_000_000, nameof(PermitLimit), "from 1 to 1000000", PermitLimit);
        Require(MinimumLimit >= 1 && MinimumLimit <= PermitLimit, nameof(MinimumLimit), $"from 1 to PermitLimit, {PermitLimit}", MinimumLimit);
        Require(InitialLimit >= MinimumLimit && InitialLimit <= PermitLimit, nameof(InitialLimit), $"from MinimumLimit, {MinimumLimit}, to PermitLimit, {PermitLimit}", InitialLimit);
        Require(QueueLimit is >= 0 and <= 1_000_000, nameof(QueueLimit), "from 0 to 1000000", QueueLimit);
        Require(Enum.IsDefined(QueueProcessingOrder), nameof(QueueProcessingOrder), "OldestFirst or NewestFirst", QueueProcessingOrder);
    }

    private static void Require<T>(bool holds, string name, string rule, T value)
    {
        if (!holds)
        {
            throw new ArgumentException($"BackpressureLimiterOptions.{name} must be {rule} (was {value}).");
        }
    }
}
