namespace Backpressure.Http.Client;

/// <summary>
/// What all attempts of one logical call share: the deadline, the count of attempts and the budget that pays for more. It travels in
/// the request's options as a reference, so that it survives the cloning of requests by other handlers.
/// </summary>
internal sealed class LogicalCall
{
    private static readonly HttpRequestOptionsKey<LogicalCall> Key = new("Backpressure.LogicalCall");

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly TimeSpan _stated;
    private readonly long _start;
    private int _sent; // under _lock
    private int _announced = 1; // under _lock: attempts that may still go out unpaid; the first is free
    private bool _othersResend; // under _lock

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

    /// <summary>Counts one attempt. The first one deposits; one that nobody announced is another handler's and must be paid for here.</summary>
    public AttemptStart Begin()
    {
        if (TryBeginAnnounced(out int earlier))
        {
            if (earlier == 0)
            {
                Budget.Deposit();
            }

            return new AttemptStart(earlier, IsResend: false, IsRefused: false);
        }

        bool refused = !Budget.TryWithdraw();
        lock (_lock)
        {
            _othersResend = true;
            earlier = _sent;
            _sent += refused ? 0 : 1;
        }

        return new AttemptStart(earlier, IsResend: true, refused);
    }

    private bool TryBeginAnnounced(out int earlier)
    {
        lock (_lock)
        {
            earlier = _sent;
            if (_announced == 0)
            {
                return false;
            }

            _announced--;
            _sent++;
            return true;
        }
    }
}
