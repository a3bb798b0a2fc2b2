using Backpressure.AspNetCore.Timeouts;
using Backpressure.Http.Client;

namespace Backpressure.AspNetCore.Http;

/// <summary>A request as the calls that its handler makes see it. Work that outlives the request may keep it: it lets go of the request, which is used anew, when the handler ends.</summary>
internal sealed class ServedRequest : IAmbientRequest
{
    private readonly bool _isRetry;
    private volatile GovernedRequest? _request;

    public ServedRequest(GovernedRequest request)
    {
        _isRetry = request.IsRetry;
        _request = request;
    }

    /// <summary>Nothing where the deadline would pass over the request, because its answer has begun: a stream goes on, and so do the calls that feed it.</summary>
    public TimeSpan? Remaining
    {
        get
        {
            if (_request is not { } request)
            {
                return null;
            }

            TimeSpan? left = request.Execution.Judge() == ExpiryVerdict.Pass ? null : request.Remaining;
            Interlocked.MemoryBarrier(); // what was read before belongs to this request only if it has not ended since
            return _request is null ? null : left;
        }
    }

    public bool IsRetry => _isRetry && _request is not null;

    public void End() => _request = null;
}
