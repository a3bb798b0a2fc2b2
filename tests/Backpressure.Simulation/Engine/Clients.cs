using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Engine;

/// <summary>Those who send requests, wait for the answers as long as they like, and try again when they may.</summary>
/// <remarks>An attempt that was refused, ended in an error or has lasted too long failed. The work of one that was abandoned goes on; only who waits at the gate is taken out.</remarks>
internal sealed class Clients : ISenders
{
    private readonly Balancer _balancer;
    private readonly ClientMeasures _measures;
    private readonly RequestShelf _shelf;
    private readonly ClientTimeouts _timeouts;
    private readonly Retrying _retrying;
    private readonly long _timeout;
    private long _number;

    public Clients(Balancer balancer, Scenario scenario, ulong seed, ClientMeasures measures)
    {
        _balancer = balancer;
        _shelf = new RequestShelf(scenario.Classes, seed);
        _measures = measures;
        _timeout = scenario.Clients.Timeout.Ticks;
        _timeouts = new ClientTimeouts(this, _timeout, TimeSpan.FromSeconds(scenario.DurationSeconds).Ticks);
        _retrying = new Retrying(this, scenario.Clients, seed);
    }

    public IEnumerable<EventSource> Sources => [_timeouts, _retrying];

    /// <summary>How many logical requests were sent.</summary>
    public long Calls => _number;

    /// <summary>Sends a new logical request.</summary>
    public void Call(long now)
    {
        _measures.Called(now);
        _retrying.NoteFirstAttempt(now);
        Send(_shelf.Rent(_number++, attempt: 1, now), now);
    }

    /// <summary>Sends an attempt.</summary>
    public void Send(Request request, long now)
    {
        request.SentAt = now;
        _timeouts.Add(request, now);
        request.Server = _balancer.Choose();
        request.Server.Arrive(request, now);
    }

    /// <summary>An attempt has lasted too long.</summary>
    public void GiveUp(Request request, long now)
    {
        request.IsAbandoned = true;
        _measures.TimedOut();
        TryAgain(request, now);
        request.Server.CallerLeft(request, now);
    }

    /// <summary>The work of an attempt is done, or it ended in an error.</summary>
    public void Ended(Request request, long now)
    {
        if (request.IsAbandoned)
        {
            Forget(request);
            return;
        }

        if (request.IsFailing)
        {
            TryAgain(request, now);
        }
        else if (now - request.FirstSentAt <= _timeout)
        {
            _measures.Good(request.Class, now);
        }

        Forget(request);
    }

    /// <summary>An attempt was refused.</summary>
    public void Refused(Request request, long now)
    {
        TryAgain(request, now);
        Forget(request);
    }

    /// <summary>Nobody knows an attempt any more.</summary>
    public void Forget(Request request) => _shelf.Return(request);

    private void TryAgain(Request request, long now)
    {
        if (_retrying.MayRetry(request, now))
        {
            Request next = _shelf.Rent(request.Number, request.Attempt + 1, request.FirstSentAt);
            _retrying.Plan(next, now);
        }
    }
}
