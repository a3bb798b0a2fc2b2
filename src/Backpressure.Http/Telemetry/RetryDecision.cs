namespace Backpressure.Http.Telemetry;

/// <summary>Says what became of the retry that a failed attempt called for.</summary>
internal enum RetryDecision
{
    /// <summary>It was sent.</summary>
    Sent,

    /// <summary>The retry budget of the authority did not pay for it.</summary>
    OverBudget,

    /// <summary>The server has refused too much of late, so the client kept it back.</summary>
    Throttled,

    /// <summary>The request in whose course the call is made is a retry itself: whoever sent that one retries.</summary>
    Nested,

    /// <summary>The wait before it does not fit the deadline.</summary>
    NoTime,

    /// <summary>The call has had all its attempts.</summary>
    NoAttempts,

    /// <summary>The server asked the client to stop.</summary>
    RefusedByServer,

    /// <summary>It is not safe: the method is not idempotent and nothing proves that the server did not execute it, or the body cannot be sent again.</summary>
    NotReplayable,
}
