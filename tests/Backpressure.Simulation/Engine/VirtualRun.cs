using Backpressure.AspNetCore;
using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Retries;
using Backpressure.Simulation.Algorithms;
using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Engine;

/// <summary>One run of a scenario against one limit, in virtual time. The same scenario, seed and limit give the same run everywhere.</summary>
internal sealed class VirtualRun
{
    private readonly Scenario _scenario;
    private readonly Server _server;
    private readonly Clients _clients;
    private readonly ServerMeasures _serverMeasures;
    private readonly ClientMeasures _clientMeasures;
    private readonly EventSource[] _sources; // of those that are due at once the first comes first
    private readonly long _end;
    private readonly long _warmup;
    private long _events;

    public VirtualRun(Scenario scenario, ulong seed, IAlgorithm algorithm, QueueOrder order = QueueOrder.OldestFirst)
    {
        _scenario = scenario;
        _end = TimeSpan.FromSeconds(scenario.DurationSeconds).Ticks;
        _warmup = TimeSpan.FromSeconds(scenario.WarmupSeconds).Ticks;
        int limit = LimitDriver.LimitOf(algorithm);
        _serverMeasures = new ServerMeasures(_warmup, limit);
        _clientMeasures = new ClientMeasures(_warmup, scenario.Work());
        PolicySettings settings = new() { QueueCapacity = scenario.Queue.Capacity, MaximumWait = scenario.Queue.MaximumWait, Order = order };
        RetryAllowance? retries = order == QueueOrder.Adaptive ? new RetryAllowance(new RetryBudgetOptions()) : null; // the others have a plain queue
        _server = new Server(new ServerParts(scenario, algorithm, new AdmissionGate(limit), settings, retries, _serverMeasures));
        _clients = new Clients(_server, scenario, seed, _clientMeasures);
        _server.Clients = _clients;
        _sources = [.. _server.Sources, .. _clients.Sources, new ArrivalStream(scenario.Arrivals, _clients, seed)];
    }

    /// <summary>The gate as it stands.</summary>
    public GateReading Gate => _server.Gate.Read();

    public ServerMeasures ServerMeasures => _serverMeasures;

    public RunResult Run()
    {
        while (true)
        {
            EventSource next = _sources[0];
            foreach (EventSource source in _sources)
            {
                next = source.Due < next.Due ? source : next;
            }

            if (next.Due >= _end)
            {
                return Measure();
            }

            _events++;
            next.Fire(next.Due);
        }
    }

    private RunResult Measure()
    {
        double seconds = _scenario.DurationSeconds - _scenario.WarmupSeconds;
        double[] limits = _serverMeasures.Limit.Seconds(_end);
        double[] inFlights = _serverMeasures.InFlight.Seconds(_end);
        return new RunResult
        {
            GoodputPerSecond = _clientMeasures.Answers / seconds,
            WorkPerSecond = _clientMeasures.Work / seconds,
            MeanMs = _serverMeasures.Latencies.Mean / TimeSpan.TicksPerMillisecond,
            P50Ms = _serverMeasures.Latencies.At(0.5) / TimeSpan.TicksPerMillisecond,
            P99Ms = _serverMeasures.Latencies.At(0.99) / TimeSpan.TicksPerMillisecond,
            ShedShare = (double)_serverMeasures.Sheds / Math.Max(1, _serverMeasures.Arrivals),
            MeanLimit = MeanFrom(limits),
            MeanInFlight = MeanFrom(inFlights),
            PeakInFlight = _serverMeasures.InFlight.Peak,
            SettleSeconds = Settling.Of(limits, _scenario.LastChange),
            AllSheds = _serverMeasures.AllSheds,
            Timeouts = _clientMeasures.Timeouts,
            Amplification = (double)_serverMeasures.Arrivals / Math.Max(1, _clientMeasures.Calls),
            Calls = _clients.Calls,
            Events = _events,
            Completions = _serverMeasures.Latencies.Count,
            Limits = limits,
            InFlights = inFlights,
        };
    }

    /// <summary>The mean after the warm-up, the first and the last second by what of them counts.</summary>
    private double MeanFrom(double[] seconds)
    {
        double sum = 0;
        for (int i = 0; i < seconds.Length; i++)
        {
            double from = Math.Max(i, _scenario.WarmupSeconds);
            sum += seconds[i] * Math.Max(0, Math.Min(i + 1, _scenario.DurationSeconds) - from);
        }

        return sum / (_scenario.DurationSeconds - _scenario.WarmupSeconds);
    }
}
