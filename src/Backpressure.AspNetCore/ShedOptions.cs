namespace Backpressure.AspNetCore;

/// <summary>How a request is refused.</summary>
/// <remarks>On a named policy, members that are not set there are those of the default policy.</remarks>
public class ShedOptions
{
    private int? _statusCode;
    private TimeSpan? _minimumRetryAfter;
    private TimeSpan? _maximumRetryAfter;
    private ShedBody? _body;

    /// <summary>The status of a refusal. It promises that the handler did not run. A gRPC call is refused with its own status, UNAVAILABLE, in a response of headers alone.</summary>
    /// <value>A status from 400 to 599, except 504, which says that the handler may have run. Default 503.</value>
    public int StatusCode
    {
        get => _statusCode ?? 503;
        set => _statusCode = value;
    }

    /// <summary>The shortest wait that a refusal asks for in <c>Retry-After</c>. What is asked for is drawn from [b, max(2b, b + 3 s)], with b the time that the queue needs to drain, doubled while shedding persists.</summary>
    /// <value>From 1 ms to <see cref="MaximumRetryAfter"/>. Default 1 second.</value>
    public TimeSpan MinimumRetryAfter
    {
        get => _minimumRetryAfter ?? TimeSpan.FromSeconds(1);
        set => _minimumRetryAfter = value;
    }

    /// <summary>The longest wait that a refusal asks for in <c>Retry-After</c>.</summary>
    /// <value>From <see cref="MinimumRetryAfter"/> to 1 hour. Default 32 seconds. What a limiter of the application asks for may exceed it.</value>
    public TimeSpan MaximumRetryAfter
    {
        get => _maximumRetryAfter ?? TimeSpan.FromSeconds(32);
        set => _maximumRetryAfter = value;
    }

    /// <summary>What the body of a refusal holds.</summary>
    /// <value>Default <see cref="ShedBody.ProblemDetails"/>, written by the application's <c>IProblemDetailsService</c> where it has one (<c>AddProblemDetails</c>), which costs more. gRPC calls have none.</value>
    public ShedBody Body
    {
        get => _body ?? ShedBody.ProblemDetails;
        set => _body = value;
    }

    /// <summary>Called for each refusal after its headers are set and before its body is sent; the refusal waits for it. What it throws is logged, and the refusal goes out all the same.</summary>
    /// <value>Default <see langword="null"/>. Keep it short: it runs when the server has least to spare.</value>
    public Func<ShedContext, ValueTask>? OnShed { get; set; }

    internal ShedOptions Over(ShedOptions inherited) => new()
    {
        _statusCode = _statusCode ?? inherited._statusCode,
        _minimumRetryAfter = _minimumRetryAfter ?? inherited._minimumRetryAfter,
        _maximumRetryAfter = _maximumRetryAfter ?? inherited._maximumRetryAfter,
        _body = _body ?? inherited._body,
        OnShed = OnShed ?? inherited.OnShed,
    };
}
