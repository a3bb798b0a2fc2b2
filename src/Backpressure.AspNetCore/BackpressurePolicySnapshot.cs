namespace Backpressure.AspNetCore;

/// <summary>One policy in a <see cref="BackpressureSnapshot"/>. Counts are totals since start; <c>Arrivals = Admitted + Shed + Cancelled + Queued</c>, exactly.</summary>
public sealed class BackpressurePolicySnapshot
{
    /// <summary>The name; <c>default</c> for the default policy.</summary>
    public required string Policy { get; init; }

    /// <summary>The cap of the policy (for the default policy, the limit of the whole server); <see langword="null"/> when it has none of its own or a limiter of the application decides.</summary>
    public required int? Limit { get; init; }

    /// <summary>What the limit knows of the server where it is adaptive; <see langword="null"/> where it is fixed.</summary>
    public BackpressureLimitSnapshot? Adaptive { get; init; }

    /// <summary>Permits in use now: the requests that run, each as often as it costs.</summary>
    public required int Active { get; init; }

    /// <summary>Requests that wait now.</summary>
    public required int Queued { get; init; }

    /// <summary>How many may wait; <see langword="null"/> when a limiter of the application decides.</summary>
    public required int? QueueCapacity { get; init; }

    /// <summary>Requests that came.</summary>
    public required long Arrivals { get; init; }

    /// <summary>Requests whose handler was started.</summary>
    public required long Admitted { get; init; }

    /// <summary>Requests whose caller left while they waited.</summary>
    public required long Cancelled { get; init; }

    /// <summary>Requests refused, of every reason together.</summary>
    public required long Shed { get; init; }

    /// <summary>Refusals that said <c>X-Should-Retry: true</c>: a retry is welcome.</summary>
    public long RetryTicketsGranted { get; init; }

    /// <summary>Refusals that said <c>X-Should-Retry: false</c>.</summary>
    public long RetryTicketsDenied { get; init; }

    /// <summary>Requests refused, by reason; every reason is present.</summary>
    public required IReadOnlyDictionary<ShedReason, long> ShedByReason { get; init; }
}
