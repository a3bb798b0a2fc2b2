using Backpressure.Http.Telemetry;

namespace Backpressure.Http.Client;

/// <summary>Cancels a logical call when its time is up or its caller cancels, and tells the two apart.</summary>
internal sealed class CallDeadline : IDisposable
{
    private readonly LogicalCall _call;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _registration;

    public CallDeadline(LogicalCall call, TimeProvider time, CancellationToken caller)
    {
        _call = call;
        _caller = caller;
        _source = new CancellationTokenSource(Rounding.UpToMilliseconds(call.Remaining), time);
        _registration = caller.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    public static TaskCanceledException Expired(LogicalCall call, Exception? cause = null)
    {
        double seconds = call.Timeout.TotalSeconds;
        string deadline = call.IsBoundFromAbove ? $"the deadline of the incoming request, which left it {seconds} s," : $"its deadline of {seconds} s";
        string message = $"The request was canceled because {deadline} has passed.";
        return new TaskCanceledException(message, new TimeoutException(message, cause));
    }

    public CallResult ResultOf(Exception exception)
    {
        if (!Explains(exception))
        {
            return CallResult.Failure;
        }

        return _caller.IsCancellationRequested ? CallResult.Canceled : CallResult.TimedOut;
    }

    /// <summary>
    /// Makes of an exception what the caller of an <see cref="HttpClient"/> expects: its own cancellation carries its own token, a timeout
    /// has a <see cref="TimeoutException"/> inside. Null says that the exception is right as it is.
    /// </summary>
    public Exception? Translate(Exception exception)
    {
        if (!Explains(exception))
        {
            return null;
        }

        if (_caller.IsCancellationRequested)
        {
            return exception is OperationCanceledException own && own.CancellationToken == _caller ? null : new TaskCanceledException(exception.Message, exception, _caller);
        }

        return exception.InnerException is TimeoutException ? null : Expired(_call, exception);
    }

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }

    /// <summary>Whether the exception may be how a handler reports the cancellation; a connection that was torn down for it reports it, too.</summary>
    private bool Explains(Exception exception) =>
        exception is OperationCanceledException or HttpRequestException && (_source.IsCancellationRequested || _call.Remaining <= TimeSpan.Zero);
}
