namespace DemoApi.Tests.Load;

/// <summary>One request of a load and what became of it. Times are from the start of the load.</summary>
internal sealed record Exchange
{
    /// <summary>Carries the identity of a request to the server.</summary>
    public const string IdHeader = "X-Request-Id";

    public required string Id { get; init; }

    /// <summary>When it was meant to be sent.</summary>
    public required TimeSpan Due { get; init; }

    /// <summary>When it was sent; the generator is honest as long as that is close to <see cref="Due"/>.</summary>
    public required TimeSpan SentAt { get; init; }

    /// <summary>When its answer was read to the end, or it failed.</summary>
    public required TimeSpan EndedAt { get; init; }

    public required Bucket Bucket { get; init; }

    /// <summary>What was answered; <see langword="null"/> for an error or an abort.</summary>
    public Answer? Answer { get; init; }

    /// <summary>Why there is no answer.</summary>
    public string? Error { get; init; }

    public TimeSpan Lateness => SentAt - Due;

    /// <summary>From the intended start, so that a server that stalls the client cannot hide it (coordinated omission).</summary>
    public TimeSpan Latency => EndedAt - Due;
}
