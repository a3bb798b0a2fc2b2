using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Http;

/// <summary>The answer to a request that waits in the queue or has timed out, under watch until it is sent. Used for one request after the other.</summary>
internal sealed class AwaitedAnswer : IAnswerStages, IDisposable
{
    private readonly TimeoutClock _clock;
    private readonly Action<AwaitedAnswer> _onRest;
    private readonly ClientAbort _abort;
    private readonly AnswerWatch _watch;
    private GovernedRequest? _request;
    private TimeSpan _end;
    private TimeSpan _grace;
    private bool _isQueued;

    public AwaitedAnswer(TimeoutClock clock, HandlerOverruns overruns, Action<IThreadPoolWorkItem>? queue, Action<AwaitedAnswer> onRest)
    {
        _clock = clock;
        _onRest = onRest;
        _abort = new ClientAbort(overruns);
        _watch = new AnswerWatch(clock.Provider, this, queue);
    }

    public long Due
    {
        get
        {
            TimeSpan end = _isQueued ? EndOf(_request!) : _end;
            long due = _clock.TimestampOf(end < TimeSpan.MaxValue - _grace ? end + _grace : TimeSpan.MaxValue);
            return _request!.Answer.FlushedAt is long flushedAt ? Math.Max(due, Timestamps.After(flushedAt, _grace, _clock.Provider.TimestampFrequency)) : due;
        }
    }

    public bool SharesConnection => _abort.SharesConnection;

    /// <summary>The answer is to come.</summary>
    /// <param name="request">The request.</param>
    /// <param name="end">When it is to be answered.</param>
    /// <param name="grace">How much later its client is told by the end.</param>
    /// <param name="isQueued">Whether the request waits at the gate.</param>
    public void Begin(GovernedRequest request, TimeSpan end, TimeSpan grace, bool isQueued)
    {
        _request = request;
        _end = end;
        _grace = grace;
        _isQueued = isQueued;
        _abort.Begin(request.Context, request.Policy);
        _watch.Begin();
    }

    /// <summary>The answer may be due earlier than it was.</summary>
    public void Revise() => _watch.Revise();

    /// <summary>The server has the whole answer.</summary>
    public void Complete() => _watch.Complete();

    /// <summary>The request goes on to its handler, or nobody waits for its answer.</summary>
    public void End() => _watch.End();

    public void LeaveRequest()
    {
        _abort.LeaveRequest();
        _request = null;
    }

    public void ResetStream() => _abort.ResetStream();

    public void AbortConnection(bool isPoolStarved) => _abort.AbortConnection(isPoolStarved);

    public void Rest()
    {
        _abort.Forget();
        _request = null;
        _onRest(this);
    }

    public void Dispose() => _watch.Dispose();

    /// <summary>Who was granted a permit, and only waits for the thread pool, has until its deadline. Who was shed before its wait was over, has until then.</summary>
    private TimeSpan EndOf(GovernedRequest request) => request.Place.Outcome switch
    {
        Outcome.Granted when request.Deadline > _end => request.Deadline,
        Outcome.Shed when request.Place.DecidedAt < _end => request.Place.DecidedAt,
        _ => _end,
    };
}
