namespace DemoApi.Tests.Load;

/// <summary>What became of a request, as its client saw it; every request lands in exactly one.</summary>
internal enum Bucket
{
    /// <summary>Answered 2xx, whole.</summary>
    Served,

    /// <summary>Answered 503, whole.</summary>
    Refused,

    /// <summary>Answered 504, whole.</summary>
    TimedOut,

    /// <summary>Answered with any other status.</summary>
    OtherStatus,

    /// <summary>Not answered, or not to the end: refused connection, reset, broken body.</summary>
    ConnectionError,

    /// <summary>The client lost its patience and aborted.</summary>
    GaveUp,
}
