using Backpressure.AspNetCore.Timeouts;
using Microsoft.Extensions.ObjectPool;

namespace Backpressure.AspNetCore.Http;

/// <summary>Puts answers under watch, and keeps what that takes.</summary>
internal sealed class AwaitedAnswers : IDisposable
{
    private const int Kept = 1024; // as RequestPool

    private readonly ObjectPool<AwaitedAnswer> _pool;
    private readonly TimeoutClock _clock;

    /// <param name="clock">Keeps the time.</param>
    /// <param name="overruns">Counts who is cut off.</param>
    /// <param name="queue">Gives a work item to the thread pool; <see langword="null"/> for the process's own.</param>
    public AwaitedAnswers(TimeoutClock clock, HandlerOverruns overruns, Action<IThreadPoolWorkItem>? queue = null)
    {
        _clock = clock;
        _pool = new DefaultObjectPoolProvider { MaximumRetained = Kept }.Create(new Making(clock, overruns, queue, answer => _pool!.Return(answer)));
    }

    public TimeProvider Clock => _clock.Provider;

    /// <summary>The request waits at the gate.</summary>
    /// <returns>Its answer; <see langword="null"/> where it has all the time there is.</returns>
    public AwaitedAnswer? OfWaiting(GovernedRequest request) => Of(request, request.Place.ExpiresAt, isQueued: true);

    /// <summary>The request waits at a limiter of the application.</summary>
    /// <returns>As <see cref="OfWaiting"/>.</returns>
    public AwaitedAnswer? OfPlugged(GovernedRequest request, TimeSpan end) => Of(request, end, isQueued: false); // who is granted later than that is refused all the same

    /// <summary>The request has timed out in its handler. Its client is to be told, for which the thread pool has a moment at least.</summary>
    /// <returns>As <see cref="OfWaiting"/>.</returns>
    public AwaitedAnswer? OfTimedOut(GovernedRequest request)
    {
        TimeSpan earliest = _clock.Now + Overrun.PoolPatience - GraceOf(request);
        return Of(request, request.Deadline > earliest ? request.Deadline : earliest, isQueued: false);
    }

    public void Dispose() => (_pool as IDisposable)?.Dispose();

    private AwaitedAnswer? Of(GovernedRequest request, TimeSpan end, bool isQueued)
    {
        if (end == TimeSpan.MaxValue || GraceOf(request) == TimeSpan.MaxValue || _clock.IsSuspended)
        {
            return null;
        }

        AwaitedAnswer answer = _pool.Get();
        answer.Begin(request, end, GraceOf(request), isQueued);
        return answer;
    }

    private static TimeSpan GraceOf(GovernedRequest request)
    {
        TimeSpan grace = request.Governor.Timeout.AbortGrace;
        return grace == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : grace > Overrun.PoolPatience ? grace : Overrun.PoolPatience;
    }

    private sealed class Making(TimeoutClock clock, HandlerOverruns overruns, Action<IThreadPoolWorkItem>? queue, Action<AwaitedAnswer> onRest) : PooledObjectPolicy<AwaitedAnswer>
    {
        public override AwaitedAnswer Create() => new(clock, overruns, queue, onRest);

        public override bool Return(AwaitedAnswer answer) => true;
    }
}
