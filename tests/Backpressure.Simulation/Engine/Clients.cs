using Backpressure.AspNetCore.Admission;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Engine;

/// <summary>Those who send requests, wait for the answers as long as they like, and try again when they may.</summary>
/// <remarks>An attempt that was refused or has lasted too long failed. The work of one that was abandoned goes on; only who waits at the gate is taken out.</remarks>
internal sealed class Clients
{
    private readonly Server _server;
    private readonly ClientMeasures _measures;
    private readonly Stack<Request> _unused = new();
    private readonly ClientTimeouts _timeouts;
    private readonly Retrying _retrying;
    private readonly ulong _seed;
    private readonly long _timeout;
    private readonly double[] _shares; // of the classes, added up
    private long _number;

    public Clients(Server server, Scenario scenario, ulong seed, ClientMeasures measures)
    {
        _server = server;
        _seed = seed;
        _measures = measures;
        _timeout = scenario.Clients.Timeout.Ticks;
        _timeouts = new ClientTimeouts(this, _timeout, TimeSpan.FromSeconds(scenario.DurationSeconds).Ticks);
        _retrying = new Retrying(this, scenario.Clients, seed);
        _shares = new double[scenario.Classes.Length];
        double sum = 0;
        for (int i = 0; i < _shares.Length; i++)
        {
            sum += scenario.Classes[i].Share;
            _shares[i] = sum;
        }
    }

    public IEnumerable<EventSource> Sources => [_timeouts, _retrying];

    /// <summary>How many logical requests were sent.</summary>
    public long Calls => _number;

    /// <summary>Sends a new logical request.</summary>
    public void Call(long now)
    {
        _measures.Called(now);
        _retrying.NoteFirstAttempt(now);
        Send(Rent(_number++, attempt: 1, now), now);
    }

    /// <summary>Sends an attempt.</summary>
    public void Send(Request request, long now)
    {
        request.SentAt = now;
        _timeouts.Add(request, now);
        _server.Arrive(request, now);
    }

    /// <summary>An attempt has lasted too long.</summary>
    public void GiveUp(Request request, long now)
    {
        request.IsAbandoned = true;
        _measures.TimedOut();
        TryAgain(request, now);
        _server.CallerLeft(request, now);
    }

    /// <summary>The work of an attempt is done.</summary>
    public void Answered(Request request, long now)
    {
        if (!request.IsAbandoned && now - request.FirstSentAt <= _timeout)
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
    public void Forget(Request request)
    {
        request.Use++;
        _unused.Push(request);
    }

    private void TryAgain(Request request, long now)
    {
        if (_retrying.MayRetry(request, now))
        {
            Request next = Rent(request.Number, request.Attempt + 1, request.FirstSentAt);
            _retrying.Plan(next, now);
        }
    }

    private Request Rent(long number, int attempt, long firstSentAt)
    {
        if (!_unused.TryPop(out Request? request))
        {
            request = new Request(_server);
        }

        request.Number = number;
        request.Attempt = attempt;
        request.IsRetry = attempt > 1;
        request.FirstSentAt = firstSentAt;
        request.IsAbandoned = false;
        request.HoldsThread = false;
        request.Outcome = Outcome.Undecided;
        request.Random = SplitMix.For(_seed, StreamPurpose.Demands, number); // a retry needs what the first attempt needed
        request.Class = _shares.Length == 1 ? 0 : DrawClass(ref request.Random);
        return request;
    }

    private int DrawClass(ref SplitMix random)
    {
        double at = random.NextUniform() * _shares[^1];
        int index = 0;
        while (index < _shares.Length - 1 && at >= _shares[index])
        {
            index++;
        }

        return index;
    }
}
