namespace Backpressure.Http.Protocol;

/// <summary>Gathers what a request claims, in one pass over its headers. It takes whatever a stranger sends, allocates nothing and never throws (H6).</summary>
internal struct RequestReader
{
    private readonly RequestFields _understood;
    private int _attempt;
    private TimeSpan? _timeout;
    private int? _criticality;
    private RequestFields _junk;

    /// <param name="understood">The headers to read; all others are passed over.</param>
    public RequestReader(RequestFields understood) => _understood = understood;

    public readonly RequestClaims Claims => new(_attempt, _timeout, _criticality, _junk);

    /// <summary>Whether a header of this name, in any case, is one to be read. All others may be left out.</summary>
    public readonly bool Reads(ReadOnlySpan<char> name) => (RequestFieldNames.Find(name) & _understood) != RequestFields.None;

    /// <summary>Takes one header.</summary>
    /// <param name="name">Its name, in any case.</param>
    /// <param name="lines">How many field lines it stands on. More than one is junk, none is no header.</param>
    /// <param name="value">The value of its line, without the whitespace around it.</param>
    public void Read(ReadOnlySpan<char> name, int lines, ReadOnlySpan<char> value)
    {
        RequestFields field = RequestFieldNames.Find(name) & _understood;
        if (field != RequestFields.None && lines > 0 && (lines > 1 || !TryTake(field, value)))
        {
            _junk |= field;
        }
    }

    private bool TryTake(RequestFields field, ReadOnlySpan<char> value) => field switch
    {
        RequestFields.RetryAttempt => AttemptHeader.TryParse(value, out int attempt) && TakeAttempt(attempt),
        RequestFields.GrpcPreviousRpcAttempts or RequestFields.StainlessRetryCount => AttemptHeader.TryParseCount(value, out int attempt) && TakeAttempt(attempt),
        RequestFields.EnvoyAttemptCount => AttemptHeader.TryParseOrdinal(value, out int attempt) && TakeAttempt(attempt),
        RequestFields.AmzSdkRequest => AmzSdkRequestHeader.TryParse(value, out int attempt) && TakeAttempt(attempt),
        RequestFields.RequestTimeoutMs => TimeoutHeader.TryParse(value, out TimeSpan timeout) && TakeTimeout(timeout),
        RequestFields.GrpcTimeout => GrpcTimeoutHeader.TryParse(value, out TimeSpan timeout) && TakeTimeout(timeout),
        RequestFields.EnvoyExpectedTimeoutMs => EnvoyTimeoutHeader.TryParse(value, out TimeSpan? timeout) && TakeTimeout(timeout),
        _ => CriticalityHeader.TryParse(value, out int criticality) && TakeCriticality(criticality),
    };

    private bool TakeAttempt(int attempt)
    {
        _attempt = Math.Max(_attempt, attempt);
        return true;
    }

    private bool TakeTimeout(TimeSpan? timeout)
    {
        if (timeout is { } stated && (_timeout is not { } least || stated < least))
        {
            _timeout = stated;
        }

        return true;
    }

    private bool TakeCriticality(int criticality)
    {
        _criticality = criticality;
        return true;
    }
}
