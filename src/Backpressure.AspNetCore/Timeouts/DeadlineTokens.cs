namespace Backpressure.AspNetCore.Timeouts;

/// <summary>The tokens of a <see cref="RequestDeadline"/>, used for one request after the other until they are cancelled.</summary>
internal sealed class DeadlineTokens : IDisposable
{
    private readonly CancellationTokenSource _any = new(); // without a timer of its own, so that only the deadline's state decides who cancels it
    private CancellationTokenSource? _time; // published by CAS

    public DeadlineTokens() => Any = _any.Token;

    /// <summary>Cancelled when the time is up or the client is gone.</summary>
    public CancellationToken Any { get; }

    /// <summary>Cancelled when the time is up; made when somebody asks for it, who must see to it that it is not too late then.</summary>
    public CancellationTokenSource Time
    {
        get
        {
            CancellationTokenSource mine = new();
            return Interlocked.CompareExchange(ref _time, mine, null) ?? mine;
        }
    }

    /// <summary>What callbacks threw. They are a stranger's code, and nobody above could catch it.</summary>
    public Exception? CallbackFailure { get; private set; }

    /// <summary>Cancels the tokens.</summary>
    /// <param name="isTimeUp">Whether that is because the time is up.</param>
    public void Cancel(bool isTimeUp)
    {
        Cancel(_any);
        if (isTimeUp && Volatile.Read(ref _time) is { } time)
        {
            Cancel(time);
        }
    }

    /// <summary>Forgets whoever has registered; <see langword="false"/> where they cannot be used again.</summary>
    public bool TryReset() => _any.TryReset() && _time?.TryReset() != false;

    /// <summary>Only while nobody cancels them.</summary>
    public void Dispose()
    {
        _any.Dispose();
        _time?.Dispose();
    }

    private void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException thrown)
        {
            CallbackFailure = thrown;
        }
    }
}
