namespace Backpressure.Http.Client;

/// <summary>Says whether the outcome of an attempt calls for a retry, and whether that would be safe.</summary>
internal enum RetryVerdict
{
    /// <summary>The outcome is final: a success, or a failure that another try would not change.</summary>
    Final,

    /// <summary>Another try may succeed and does no harm.</summary>
    Retry,

    /// <summary>Another try might have succeeded, but the server asked for none.</summary>
    RefusedByServer,

    /// <summary>Another try might succeed, but might execute the request twice, or the body is gone.</summary>
    NotReplayable,
}
