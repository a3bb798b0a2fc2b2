using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Engine;

/// <summary>The stations of a server, and the way of each class of requests through them.</summary>
internal sealed class Plant
{
    private readonly Station[] _stations;
    private readonly SharedStation[] _processors;
    private readonly Demand[][] _steps; // by class
    private readonly CapacityChanges _changes = new();
    private readonly Failures? _failures;
    private readonly ValueCursor _slowness;
    private double _busy; // as of the last reading
    private double _available;

    public Plant(Server server, ServerParts parts)
    {
        Scenario scenario = parts.Scenario;
        _slowness = new ValueCursor(scenario.Instances.Slowness[parts.Instance]);
        _failures = scenario.Classes.Any(one => one.Failures is not null) ? new Failures(server, scenario.Classes, parts.Seed) : null;
        _stations = new Station[scenario.Stations.Length];
        for (int i = 0; i < _stations.Length; i++)
        {
            StationModel model = scenario.Stations[i];
            int servers = (int)(model.Servers?.At(0) ?? 0);
            _stations[i] = model.Kind switch
            {
                StationKind.ProcessorSharing => new SharedStation(server, servers, model.ThrashAbove, model.ThrashFactor),
                StationKind.FirstComeFirstServed => new QueueStation(server, servers),
                StationKind.Call => new CallStation(server, parts.Behind!),
                _ => new DelayStation(server), // a step on the thread that the request has anyway takes nothing else
            };
            if (model.Kind == StationKind.ThreadPool)
            {
                Pool = new PoolThreads(server, servers);
                _changes.Add(model.Servers!, Pool.SetThreads);
            }
            else if (model.Servers is { } counts)
            {
                _changes.Add(counts, _stations[i].SetServers);
            }
        }

        _processors = [.. _stations.OfType<SharedStation>()];
        _steps = [.. scenario.Classes.Select(one => one.Steps.Select(step => new Demand(step)).ToArray())];
    }

    /// <summary>The threads that requests need before they reach the gate; <see langword="null"/> where that is not modelled.</summary>
    public PoolThreads? Pool { get; }

    public IEnumerable<EventSource> Sources => [_changes, .. _stations, .. _failures is null ? Array.Empty<EventSource>() : [_failures.Source]];

    /// <summary>Begins the work of a request.</summary>
    public void Begin(Request request, long now)
    {
        request.Step = -1;
        if (_failures?.TryFail(request, now) != true)
        {
            Continue(request, now);
        }
    }

    /// <summary>Brings a request to its next step.</summary>
    /// <returns><see langword="false"/> when it has no more.</returns>
    public bool Continue(Request request, long now)
    {
        Demand[] steps = _steps[request.Class];
        int step = ++request.Step;
        if (step == steps.Length || request.IsFailing)
        {
            return false;
        }

        _stations[steps[step].Station].Enter(request, steps[step].Draw(ref request.Random, now) * _slowness.At(now), now);
        return true;
    }

    /// <summary>What the server can measure of itself; each call begins a new measurement of the processors.</summary>
    public ServerReading Read(long now)
    {
        double busy = 0;
        double available = 0;
        foreach (SharedStation station in _processors)
        {
            station.CatchUp(now);
            busy += station.Busy;
            available += station.Available;
        }

        double share = available > _available ? (busy - _busy) / (available - _available) : 0;
        _busy = busy;
        _available = available;
        return new ServerReading(share, Pool?.DispatchDelay(now) ?? TimeSpan.Zero);
    }
}
