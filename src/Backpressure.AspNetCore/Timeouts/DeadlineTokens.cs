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

    /// <summary>The token of <see cref="Time"/>, cancelled where the deadline that these are the tokens of has struck.</summary>
    public CancellationToken TimeOf(RequestDeadline deadline)
    {
        CancellationTokenSource source = Time;
        if (deadline.HasExpired)
        {
            source.Cancel(); // whoever struck may not have seen it
        }

        return source.Token;
    }

    /// <summary>Cancels what the client's leave cancels. What callbacks throw goes to the server, which cancels its own token just so.</summary>
    /// <exception cref="AggregateException">Callbacks threw.</exception>
    public void CancelAsClientLeft() => _any.Cancel();

    /// <summary>Cancels all of them.</summary>
    /// <param name="witness">Told what callbacks throw: they are a stranger's code, and nobody above could catch it.</param>
    public void CancelAsTimeIsUp(IExpiryWitness? witness)
    {
        Cancel(_any, witness);
        if (Volatile.Read(ref _time) is { } time)
        {
            Cancel(time, witness);
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

    private static void Cancel(CancellationTokenSource source, IExpiryWitness? witness)
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException thrown)
        {
            witness?.NoteCallbackFailure(thrown);
        }
    }
}
