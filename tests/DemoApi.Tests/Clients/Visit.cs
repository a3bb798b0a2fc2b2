namespace DemoApi.Tests.Clients;

/// <summary>One request as a server saw it, and what it answered.</summary>
internal sealed record Visit
{
    public required string Method { get; init; }

    /// <summary>What it stated as <c>Retry-Attempt</c>; <see langword="null"/> for nothing.</summary>
    public string? Attempt { get; init; }

    /// <summary>What it stated as <c>Request-Timeout-Ms</c>.</summary>
    public string? TimeoutMs { get; init; }

    public required string Body { get; init; }

    public required string Connection { get; init; }

    /// <summary>When it was there whole.</summary>
    public required TimeSpan CameAt { get; init; }

    /// <summary>When it was answered; <see langword="null"/> for one whose connection was reset.</summary>
    public TimeSpan? AnsweredAt { get; set; }

    public int? Status { get; set; }

    /// <summary>The wait that the answer asked for, as <c>Retry-After</c>.</summary>
    public TimeSpan? RetryAfter { get; set; }
}
