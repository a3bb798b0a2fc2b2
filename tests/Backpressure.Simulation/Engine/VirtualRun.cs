using Backpressure.AspNetCore;
using Backpressure.AspNetCore.Admission;
using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Engine;

/// <summary>One run of a scenario against one limit, in virtual time. The same scenario, seed and limit give the same run everywhere.</summary>
internal sealed class VirtualRun
{
    private readonly Scenario _scenario;
    private readonly Server[] _servers;
    private readonly ServerMeasures[] _serverMeasures;
    private readonly Clients _clients;
    private readonly ClientMeasures _clientMeasures;
    private readonly EventSource[] _sources; // of those that are due at once the first comes first
    private readonly Timeline? _timeline;
    private readonly long _end;

    /// <param name="scenario">The scenario.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="create">Makes the limit of each instance.</param>
    /// <param name="order">The order of the queues.</param>
    /// <param name="timeline">What is to know of it second by second.</param>
    public VirtualRun(Scenario scenario, ulong seed, Func<IAlgorithm> create, QueueOrder order = QueueOrder.OldestFirst, Timeline? timeline = null)
    {
        _scenario = scenario;
        _timeline = timeline;
        _end = TimeSpan.FromSeconds(scenario.DurationSeconds).Ticks;
        long warmup = TimeSpan.FromSeconds(scenario.WarmupSeconds).Ticks;
        _servers = new Server[scenario.Instances.Count];
        _serverMeasures = new ServerMeasures[_servers.Length];
        for (int i = 0; i < _servers.Length; i++)
        {
            IAlgorithm algorithm = create();
            int limit = LimitDriver.LimitOf(algorithm);
            _serverMeasures[i] = new ServerMeasures(warmup, limit, timeline);
            _servers[i] = new Server(new ServerParts(scenario, i, seed, algorithm, new AdmissionGate(limit, steer: algorithm.Steer), order, _serverMeasures[i]));
        }

        _clientMeasures = new ClientMeasures(warmup, scenario.Work(), timeline);
        _clients = new Clients(new Balancer(_servers, scenario.Instances.Balance), scenario, seed, _clientMeasures);
        foreach (Server server in _servers)
        {
            server.Senders = _clients;
        }

        _sources = [.. _servers.SelectMany(server => server.Sources), .. _clients.Sources, new ArrivalStream(scenario.Arrivals, _clients.Call, seed)];
    }

    /// <summary>The gate of each instance as it stands.</summary>
    public GateReading[] Gates => [.. _servers.Select(server => server.Gate.Read())];

    /// <summary>What was measured at each instance.</summary>
    public IReadOnlyList<ServerMeasures> ServerMeasures => _serverMeasures;

    public RunResult Run()
    {
        long events = EventSource.FireAll(_sources, _end);
        _timeline?.CatchUp(_end);
        return RunResult.Of(_scenario, _serverMeasures, _clientMeasures, _clients.Calls, events, _end);
    }
}
