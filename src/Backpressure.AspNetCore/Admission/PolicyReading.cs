namespace Backpressure.AspNetCore.Admission;

/// <summary>One policy as it stood at one instant.</summary>
/// <param name="Name">The name that metrics show.</param>
/// <param name="Cap">How many permits it may hold; <see langword="null"/> for no cap.</param>
/// <param name="InUse">The permits that it holds.</param>
/// <param name="Queued">How many wait.</param>
/// <param name="PlacesTaken">The places that they take in the queue.</param>
/// <param name="QueueCapacity">The places there are; <see langword="null"/> when a limiter of the application decides.</param>
/// <param name="Admitted">How many were admitted.</param>
/// <param name="Cancelled">How many left while they waited.</param>
/// <param name="Shed">How many were refused, by reason.</param>
/// <param name="LastShedAt">When one was last refused; <see langword="null"/> if never.</param>
internal sealed record PolicyReading(
    string Name, int? Cap, int InUse, int Queued, int PlacesTaken, int? QueueCapacity, long Admitted, long Cancelled, long[] Shed, TimeSpan? LastShedAt)
{
    /// <summary>The name of the policy of requests that choose none.</summary>
    public const string DefaultPolicy = "default";

    /// <summary>How many refusals said that a retry is welcome.</summary>
    public long TicketsGranted { get; init; }

    /// <summary>How many said that it is not.</summary>
    public long TicketsDenied { get; init; }

    /// <summary>How many came: every request is in one of these counts at any instant.</summary>
    public long Arrivals => Admitted + Cancelled + Shed.Sum() + Queued;
}
