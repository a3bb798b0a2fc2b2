namespace Backpressure.Http.Client;

/// <summary>Says who caused an attempt.</summary>
internal enum AttemptKind
{
    /// <summary>The caller: nothing of this call has gone out before.</summary>
    First,

    /// <summary>Our own outer handler, which has paid for it.</summary>
    Retry,

    /// <summary>Another handler, which has not.</summary>
    Resend,

    /// <summary>The server, which answered the try that is going on with a question or with another address: nothing is tried a second time.</summary>
    Continuation,
}
