namespace Backpressure.AspNetCore.Admission;

/// <summary>One policy as it stood at one instant.</summary>
internal sealed record PolicyReading(
    string Name,
    int? Cap,
    int InUse,
    int Queued,
    int PlacesTaken,
    int? QueueCapacity,
    long Arrivals,
    long Admitted,
    long Cancelled,
    long[] Shed,
    TimeSpan? LastShedAt)
{
    /// <summary>The name of the policy of requests that choose none.</summary>
    public const string DefaultPolicy = "default";
}
