namespace Backpressure.Http.Client;

/// <summary>What a client needs to know of the request in whose course it makes a call.</summary>
internal interface IAmbientRequest
{
    /// <summary>What is left of the request's time; <see langword="null"/> where no deadline binds it, and once it has ended.</summary>
    TimeSpan? Remaining { get; }

    /// <summary>Whether the request is a retry, by its caller's word; <see langword="false"/> once it has ended.</summary>
    bool IsRetry { get; }
}
