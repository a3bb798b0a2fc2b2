namespace Backpressure.Http.Tests.Fakes;

/// <summary>What a server saw of one attempt, copied at that moment because the same message is sent again.</summary>
internal sealed record SentRequest(string Method, string[] RetryAttempts, string[] Timeouts, string? Body, TimeSpan At)
{
    public string? Attempt => RetryAttempts.Length == 0 ? null : Assert.Single(RetryAttempts);

    public string? TimeoutMs => Timeouts.Length == 0 ? null : Assert.Single(Timeouts);

    public string[] GrpcTimeouts { get; init; } = [];

    public string? GrpcTimeout => GrpcTimeouts.Length == 0 ? null : Assert.Single(GrpcTimeouts);
}
