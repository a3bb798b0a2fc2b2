namespace Backpressure.AspNetCore;

/// <summary>The one deadline of a request, fixed when it arrives, for queue and handler together.</summary>
/// <remarks>On a named policy, members that are not set there are those of the default policy.</remarks>
public class TimeoutOptions
{
    private TimeSpan? _default;
    private TimeSpan? _minimum;
    private int? _statusCode;
    private TimeSpan? _abortGrace;

    /// <summary>The time that a request has unless its endpoint says otherwise (<c>WithRequestTimeout</c>, <c>[RequestTimeout]</c>); what a caller sends (<see cref="HeaderOptions"/>) may only shorten it.</summary>
    /// <value>From 1 ms to 1 day, or infinite (<c>-00:00:00.0010000</c>) for no deadline. Default 30 seconds.</value>
    public TimeSpan Default
    {
        get => _default ?? TimeSpan.FromSeconds(30);
        set => _default = value;
    }

    /// <summary>What a caller's <c>Request-Timeout-Ms</c>, <c>grpc-timeout</c> or <c>x-envoy-expected-rq-timeout-ms</c> cannot shorten the deadline below. A 0 in one of the first two means that the time is over already.</summary>
    /// <value>From 1 ms to 1 minute. Default 1 ms.</value>
    public TimeSpan Minimum
    {
        get => _minimum ?? TimeSpan.FromMilliseconds(1);
        set => _minimum = value;
    }

    /// <summary>The answer when the deadline passes in the handler and nothing was sent. It means that the work may have been done.</summary>
    /// <value>A status from 400 to 599, except 503, which promises that the handler did not run. Default 504.</value>
    public int StatusCode
    {
        get => _statusCode ?? 504;
        set => _statusCode = value;
    }

    /// <summary>How long after the deadline a handler that ignores its token may go on before its client is told by the end: over HTTP/1.1 the connection is aborted, over HTTP/2 and 3 the stream is reset.
    /// The handler keeps its permit until it ends.</summary>
    /// <value>From 0 to 1 hour, or infinite (<c>-00:00:00.0010000</c>) for never. Less than 100 ms counts as that: a handler that honours its token needs a moment to end. Default 5 seconds.</value>
    public TimeSpan AbortGrace
    {
        get => _abortGrace ?? TimeSpan.FromSeconds(5);
        set => _abortGrace = value;
    }

    internal bool SetsDefault => _default is not null;

    internal TimeoutOptions Over(TimeoutOptions inherited) => new()
    {
        _default = _default ?? inherited._default,
        _minimum = _minimum ?? inherited._minimum,
        _statusCode = _statusCode ?? inherited._statusCode,
        _abortGrace = _abortGrace ?? inherited._abortGrace,
    };
}
