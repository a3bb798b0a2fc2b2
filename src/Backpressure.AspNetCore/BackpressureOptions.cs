namespace Backpressure.AspNetCore;

/// <summary>The settings of the server: the default policy, the named policies, and what holds for all of them.</summary>
/// <remarks>Bound from the configuration section <c>Backpressure</c> and checked when the host starts: all errors at once, each with its configuration path.
/// In this version a change takes effect at the next start.</remarks>
public class BackpressureOptions : BackpressurePolicyOptions
{
    private Dictionary<string, BackpressurePolicyOptions> _policies = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the package acts.</summary>
    /// <value>Default <see cref="BackpressureMode.Enforce"/>. <see cref="BackpressureMode.DryRun"/> is refused at start in this version.</value>
    public new BackpressureMode Mode
    {
        get => base.Mode ?? BackpressureMode.Enforce;
        set => base.Mode = value;
    }

    /// <summary>Named policies, chosen by <c>RequireBackpressure("name")</c> or <c>[EnableBackpressure("name")]</c>. Names ignore case; <c>default</c> is taken.</summary>
    /// <value>Default empty. A dictionary that is assigned is copied, so that names ignore case whatever its comparer.</value>
    /// <exception cref="ArgumentException">Two of its names differ by case alone.</exception>
    public IDictionary<string, BackpressurePolicyOptions> Policies
    {
        get => _policies;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _policies = new Dictionary<string, BackpressurePolicyOptions>(value, StringComparer.OrdinalIgnoreCase);
        }
    }

    /// <summary>Which headers are understood, and whom to trust.</summary>
    public HeaderOptions Headers { get; set; } = new();

    /// <summary>Connections that outlive a request.</summary>
    public LongLivedOptions LongLived { get; set; } = new();

    /// <summary>Raise the thread pool's minimum of threads to the limit at start, so that the limit, not the pool, is what binds. It is the process's and is never lowered.</summary>
    /// <value>Default <see langword="true"/>.</value>
    public bool AdjustThreadPool { get; set; } = true;

    /// <summary>How long the server goes on as before when it is told to stop, so that load balancers can look away. Does not act in this version.</summary>
    /// <value>From 0 to 1 hour. Default 0.</value>
    public TimeSpan DrainDelay { get; set; }

    /// <summary>Where the options stand in configuration, for error messages.</summary>
    internal string ConfigurationPath { get; set; } = "Backpressure";

    /// <summary>What the configuration held that no option could take; the validator reports it with everything else.</summary>
    internal List<string> ConfigurationErrors { get; } = [];
}
