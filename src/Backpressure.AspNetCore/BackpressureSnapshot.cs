namespace Backpressure.AspNetCore;

/// <summary>One consistent picture of the server's admission.</summary>
public sealed class BackpressureSnapshot
{
    internal BackpressureSnapshot(BackpressureMode mode, int limit, int active, double pressure, IReadOnlyList<BackpressurePolicySnapshot> policies)
    {
        Mode = mode;
        Limit = limit;
        Active = active;
        Pressure = pressure;
        Policies = policies;
    }

    /// <summary>Whether the package acts.</summary>
    public BackpressureMode Mode { get; }

    /// <summary>How many requests may run at once under the limit of the whole server.</summary>
    public int Limit { get; }

    /// <summary>The permits of that limit in use.</summary>
    public int Active { get; }

    /// <summary>How hard the server is pressed, from 0 (room to spare) to 1 (shedding).</summary>
    public double Pressure { get; }

    /// <summary>The default policy first, then the named ones by name.</summary>
    public IReadOnlyList<BackpressurePolicySnapshot> Policies { get; }
}
