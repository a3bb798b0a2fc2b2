using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>A request as <see cref="GateModel"/> remembers it, for ever.</summary>
internal sealed class ModelRequest
{
    public required ModelPolicy Policy { get; init; }

    public required int Cost { get; init; }

    public int Places { get; init; } = 1;

    public Criticality Criticality { get; init; }

    public bool IsRetry { get; init; }

    public TimeSpan Deadline { get; init; } = TimeSpan.MaxValue;

    public Outcome Outcome { get; set; }

    public ShedReason? Reason { get; set; }

    /// <summary>The permits that it was granted.</summary>
    public int Permits { get; set; }

    public bool HasLeft { get; set; }

    public TimeSpan EnqueuedAt { get; set; }

    public TimeSpan ExpiresAt { get; set; }

    public TimeSpan DecidedAt { get; set; }
}
