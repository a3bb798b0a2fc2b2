using System.Net;

namespace Backpressure.Http.Client;

/// <summary>
/// What all attempts of one logical call share: the deadline, the count of attempts and the budget that pays for more. It travels in
/// the request's options as a reference, so that it survives the cloning of requests by other handlers.
/// </summary>
internal sealed class LogicalCall
{
    private const int MaximumContinuations = 3;

    private static readonly HttpRequestOptionsKey<LogicalCall> Key = new("Backpressure.LogicalCall");

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly TimeSpan _stated;
    private readonly long _start;
    private int _sent; // under _lock
    private int _announced = 1; // under _lock: attempts that may still go out unpaid; the first is free
    private bool _othersResend; // under _lock
    private bool _isContinued; // under _lock: the last answer lets one more go out as the same try
    private int _continuations; // under _lock
    private List<Authority>? _stoppedBy; // under _lock: two or three where copies go to several servers

    /// <param name="budget">Pays for retries.</param>
    /// <param name="time">The clock.</param>
    /// <param name="timeout">The time of the call.</param>
    /// <param name="stated">The time that the message itself states, and that its author keeps an eye on: Grpc.Net.Client has a deadline, and reports it, of its own.</param>
    public LogicalCall(AuthorityBudget budget, TimeProvider time, TimeSpan timeout, TimeSpan? stated = null)
    {
        Budget = budget;
        _time = time;
        _timeout = timeout;
        _stated = stated < timeout ? stated.Value : timeout;
        _start = time.GetTimestamp();
    }

    public AuthorityBudget Budget { get; }

    /// <summary>Whether the request in whose course the call is made is a retry itself, so that this one must not multiply it.</summary>
    public bool IsNested { get; init; }

    /// <summary>How many tries the message says came before this call, by those of somebody above us. Ours are added to them.</summary>
    public int EarlierAbove { get; init; }

    /// <summary>Whether the message says that it is itself the retry of somebody above us: then it earns nothing.</summary>
    public bool EarnsNothing { get; init; }

    /// <summary>Whether it is a retry of a gRPC client, which makes a message of its own of each: nobody has paid for it yet.</summary>
    public bool IsGrpcRetry { get; init; }

    /// <summary>Whether the time of the call is what was left of the request in whose course it is made.</summary>
    public bool IsBoundFromAbove { get; init; }

    /// <summary>Whether nothing is left of the content once it was sent.</summary>
    public bool IsSpentBySending { get; init; }

    public TimeSpan Timeout => _timeout;

    public TimeSpan Remaining => _timeout - _time.GetElapsedTime(_start);

    /// <summary>What the server is told is left, which is less than <see cref="Remaining"/> where the message states less.</summary>
    public TimeSpan RemainingAsStated => _stated - _time.GetElapsedTime(_start);

    /// <summary>Whether another handler between ours sent this call again: then retrying is its task, and ours is only to hold it to the budget.</summary>
    public bool OthersResend
    {
        get
        {
            lock (_lock)
            {
                return _othersResend;
            }
        }
    }

    public static LogicalCall? Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out LogicalCall? call) ? call : null;

    public void AttachTo(HttpRequestMessage request) => request.Options.Set(Key, this);

    /// <summary>Announces one more attempt that the caller has withdrawn from the budget.</summary>
    public void AllowRetry()
    {
        lock (_lock)
        {
            _announced++;
        }
    }

    /// <summary>Notes the last answer that the call saw.</summary>
    public void NoteAnswer(HttpStatusCode status)
    {
        lock (_lock)
        {
            _isContinued = RetryRules.IsContinued(status);
        }
    }

    /// <summary>Counts one attempt. One that nobody announced is another handler's, unless it goes on with the last one.</summary>
    public AttemptStart Begin()
    {
        lock (_lock)
        {
            bool isContinued = _isContinued;
            _isContinued = false; // one answer lets one go on
            if (_announced == 0 && isContinued && _continuations < MaximumContinuations)
            {
                _continuations++;
                return new AttemptStart(_sent - 1, AttemptKind.Continuation);
            }

            int earlier = _sent++;
            if (_announced == 0)
            {
                _othersResend = true;
                return new AttemptStart(earlier, AttemptKind.Resend);
            }

            _announced--;
            return new AttemptStart(earlier, earlier == 0 ? AttemptKind.First : AttemptKind.Retry);
        }
    }

    /// <summary>Undoes the count of an attempt that does not go out.</summary>
    public void TakeBack(AttemptStart start)
    {
        lock (_lock)
        {
            _sent -= start.Kind == AttemptKind.Continuation ? 0 : 1;
            _announced += start.Kind is AttemptKind.Resend or AttemptKind.Continuation ? 0 : 1;
        }
    }

    /// <summary>Notes that a server asked for no more attempts of this call.</summary>
    public void NoteStop(Authority server)
    {
        lock (_lock)
        {
            (_stoppedBy ??= []).Add(server);
        }
    }

    public bool IsStoppedBy(Authority server)
    {
        lock (_lock)
        {
            return _stoppedBy?.Contains(server) == true;
        }
    }
}
