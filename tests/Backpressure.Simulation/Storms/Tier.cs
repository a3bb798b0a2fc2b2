using Backpressure.AspNetCore.Admission;
using Backpressure.Http.Protocol;
using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Engine;

namespace Backpressure.Simulation.Storms;

/// <summary>Servers of one kind behind a balancer, and the way of requests to them and of answers back.</summary>
internal sealed class Tier : ISenders
{
    private static readonly TimeSpan ServerTimeout = TimeSpan.FromSeconds(30);

    private readonly TierSettings _settings;
    private readonly Network _network;
    private readonly RequestShelf _shelf;
    private readonly Server[] _servers;
    private readonly ServerMeasures[] _serverMeasures;
    private readonly Dictionary<Server, Refusals> _refusals = [];
    private readonly Balancer _balancer;

    public Tier(TierSettings settings, Network network, ulong seed)
    {
        _settings = settings;
        _network = network;
        _shelf = new RequestShelf(settings.Scenario.Classes, seed);
        _servers = new Server[settings.Scenario.Instances.Count];
        _serverMeasures = new ServerMeasures[_servers.Length];
        for (int i = 0; i < _servers.Length; i++)
        {
            IAlgorithm algorithm = settings.CreateLimit();
            int limit = LimitDriver.LimitOf(algorithm);
            _serverMeasures[i] = new ServerMeasures(warmup: 0, limit, timeline: null);
            AdmissionGate gate = new(limit);
            _servers[i] = new Server(new ServerParts(settings.Scenario, i, seed, algorithm, gate, settings.Order, _serverMeasures[i]) { Behind = settings.Behind }) { Senders = this };
            _refusals.Add(_servers[i], new Refusals(seed, i));
        }

        _balancer = new Balancer(_servers, settings.Scenario.Instances.Balance);
        Measures = new TierMeasures(settings.Scenario.DurationSeconds);
    }

    public IEnumerable<EventSource> Sources => _servers.SelectMany(server => server.Sources);

    public TierMeasures Measures { get; }

    /// <summary>The most requests that ran at once at one server.</summary>
    public double PeakInFlight => _serverMeasures.Max(measures => measures.InFlight.Peak);

    /// <summary>The highest limit that one of them had.</summary>
    public double PeakLimit => _serverMeasures.Max(measures => measures.Limit.Peak);

    /// <summary>The mean limit of the first of them in each second.</summary>
    public double[] Limits(long end) => _serverMeasures[0].Limit.Seconds(end);

    /// <summary>Sends an attempt.</summary>
    /// <param name="receiver">Who waits for the answer.</param>
    /// <param name="claims">What its headers say.</param>
    /// <param name="number">The number of the logical call.</param>
    /// <param name="attempt">The number of the attempt, from 1, whatever its headers say.</param>
    /// <param name="now">The time.</param>
    public Request Send(IReceiver receiver, in RequestClaims claims, long number, int attempt, long now)
    {
        Request request = _shelf.Rent(number, attempt, now);
        request.Receiver = receiver;
        request.IsRetry = claims.Attempt > 0;
        request.SentAt = now;
        request.Deadline = new TimeSpan(now) + (claims.Timeout < ServerTimeout ? claims.Timeout.Value : ServerTimeout);
        request.Server = _balancer.Choose();
        Measures.Arrived(attempt, now);
        request.Server.Arrive(request, now);
        return request;
    }

    /// <summary>Whoever sent an attempt does not wait for it any more.</summary>
    /// <param name="request">The request of the attempt.</param>
    /// <param name="use">Which use of it the attempt was.</param>
    /// <param name="now">The time.</param>
    public static void Leave(Request request, int use, long now)
    {
        if (request.Use == use)
        {
            request.IsAbandoned = true;
            request.Server.CallerLeft(request, now);
        }
    }

    public void Ended(Request request, long now)
    {
        if (!request.IsFailing)
        {
            Measures.WasServed(inTime: !request.IsAbandoned, now);
        }

        Answer(request, request.IsFailing ? _settings.Failure : Engine.Answer.Success, now);
    }

    public void Refused(Request request, long now)
    {
        Answer answer = _settings.Refusal ?? _refusals[request.Server].Of(request, now);
        Measures.WasRefused(hasTicket: answer.ShouldRetry == "true");
        Answer(request, answer, now);
    }

    public void Forget(Request request) => _shelf.Return(request);

    private void Answer(Request request, in Answer answer, long now)
    {
        if (!request.IsAbandoned)
        {
            _network.Bring(request.Receiver!, answer, now);
        }

        _shelf.Return(request);
    }
}
