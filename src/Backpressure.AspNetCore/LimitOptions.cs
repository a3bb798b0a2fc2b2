using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore;

/// <summary>How many permits there are: how many requests may run at once, where each takes one, as it does unless <c>WithCost</c> says more.</summary>
/// <remarks>On a named policy the limit is a cap below the limit of the whole server: none unless <see cref="Maximum"/> or <see cref="Algorithm"/> is set there.</remarks>
public class LimitOptions
{
    internal const int DefaultMaximum = 1000;

    private LimitAlgorithm? _algorithm;
    private int? _initial;
    private int? _minimum;
    private int? _maximum;

    /// <summary>How the limit is found.</summary>
    /// <value>Default <see cref="LimitAlgorithm.Adaptive"/>, which starts at <see cref="Initial"/> and finds, between <see cref="Minimum"/> and <see cref="Maximum"/>, how many keep the server busy.
    /// On a named policy a set <see cref="Maximum"/> means <see cref="LimitAlgorithm.Fixed"/> unless this says otherwise.</value>
    public LimitAlgorithm Algorithm
    {
        get => _algorithm ?? LimitAlgorithm.Adaptive;
        set => _algorithm = value;
    }

    /// <summary>Where an adaptive limit starts, in permits.</summary>
    /// <value>From <see cref="Minimum"/> to <see cref="Maximum"/>. Default the larger of 8 and four times the processor count, moved into that range.</value>
    public int Initial
    {
        get => _initial ?? Math.Min(Math.Max(Math.Max(8, 4 * Environment.ProcessorCount), Minimum), Maximum);
        set => _initial = value;
    }

    /// <summary>What an adaptive limit never falls below, in permits.</summary>
    /// <value>From 1 to <see cref="Maximum"/>. Default 1.</value>
    public int Minimum
    {
        get => _minimum ?? 1;
        set => _minimum = value;
    }

    /// <summary>What the limit never exceeds, in permits; with <see cref="LimitAlgorithm.Fixed"/> it is the limit.</summary>
    /// <value>From 1 to 1,000,000. Default 1000.</value>
    public int Maximum
    {
        get => _maximum ?? DefaultMaximum;
        set => _maximum = value;
    }

    /// <summary>Makes a limiter of your own that replaces gate and queue of the policy: any <see cref="RateLimiter"/>, such as the framework's <see cref="ConcurrencyLimiter"/>.</summary>
    /// <value>Called once, disposed with the host. Default <see langword="null"/>. A refused lease is shed as <see cref="ShedReason.QueueFull"/>.
    /// Each request asks it for one permit, whatever <c>WithCost</c> says. Requests of a named policy with a limiter of its own do not take part in the limit of the whole server.</value>
    public Func<IServiceProvider, RateLimiter>? LimiterFactory { get; set; }

    internal bool SetsAlgorithm => _algorithm is not null;

    internal bool SetsMaximum => _maximum is not null;

    internal bool SetsInitialOrMinimum => _initial is not null || _minimum is not null;
}
