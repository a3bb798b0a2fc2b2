using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Http;
using Backpressure.AspNetCore.Limits;
using Backpressure.AspNetCore.Retries;
using Backpressure.AspNetCore.Telemetry;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Backpressure.AspNetCore.DependencyInjection;

/// <summary>Builds the gate and the policies from the options, and owns the limiters that the application plugged in.</summary>
internal sealed class ServerParts : IDisposable, IAsyncDisposable
{
    private readonly IServiceProvider _services;
    private readonly BackpressureOptions _options;
    private readonly List<PluggedGate> _plugged = [];
    private readonly Dictionary<string, LimitPilot> _pilots = [];
    private readonly IDisposable _poolWatch;
    private readonly Trust? _trust;
    private readonly Dictionary<(TimeSpan Minimum, TimeSpan Maximum), RetryAfterTable> _tables = [];

    public ServerParts(IServiceProvider services, IOptions<BackpressureOptions> options, IOptions<RequestTimeoutOptions> timeouts, TimeoutClock clock)
    {
        _services = services;
        _options = options.Value;
        _trust = Trust.By(_options.Headers, services.GetRequiredService<ILogger<Trust>>(), clock);
        Gate = new AdmissionGate(StartingLimit.Of(_options.Limit), steer: PilotOf(_options.Limit));
        Register(PolicyReading.DefaultPolicy, Gate.Pilot);
        Policy defaultPolicy = Build(PolicyReading.DefaultPolicy, _options, null); // its limit is the server's
        Policy[] named = [.. _options.Policies.Select(pair => Build(pair.Key, pair.Value, StartingLimit.CapOf(pair.Value.Limit)))];
        Policies = new PolicyTable(defaultPolicy, named, timeouts.Value, _options.ConfigurationPath);
        _poolWatch = clock.WatchPool(new PoolGuard(Gate, new StrainMeter(), [.. _pilots.Values.Where(pilot => pilot != Gate.Pilot)]).Note);
        Monitor = new BackpressureMonitor(_options.Mode, Gate, _plugged, _pilots, () => clock.Now);
    }

    public AdmissionGate Gate { get; }

    public PolicyTable Policies { get; }

    public BackpressureMonitor Monitor { get; }

    public void Dispose()
    {
        _poolWatch.Dispose();
        foreach (PluggedGate plugged in _plugged)
        {
            plugged.Limiter.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _poolWatch.Dispose();
        foreach (PluggedGate plugged in _plugged)
        {
            await plugged.Limiter.DisposeAsync();
        }
    }

    private Policy Build(string name, BackpressurePolicyOptions own, int? cap)
    {
        QueueOptions queue = own.Queue.Over(_options.Queue);
        TimeoutOptions timeout = own.Timeout.Over(_options.Timeout);
        ShedOptions shed = own.Shed.Over(_options.Shed);
        RetryAllowance retries = new(own.RetryBudget.Over(_options.RetryBudget));
        PolicySettings waiting = new() { Cap = cap, QueueCapacity = queue.Capacity, Order = queue.Order, MaximumWait = queue.MaximumWait };
        PluggedGate? plugged = null;
        if (own.Limit.LimiterFactory is { } factory)
        {
            RateLimiter limiter = factory(_services) ?? throw new InvalidOperationException(
                $"Backpressure: Limit.LimiterFactory of policy '{name}' returned null. It must return a RateLimiter.");
            plugged = new PluggedGate(name, limiter, retries);
            _plugged.Add(plugged);
        }

        return new Policy
        {
            Name = name,
            IsOff = (own.Mode ?? _options.Mode) == BackpressureMode.Off,
            Gate = plugged is null ? AddGate(name, own.Limit, waiting, retries) : null,
            Plugged = plugged,
            Queue = waiting,
            Timeout = timeout,
            SetsTimeout = own.Timeout.SetsDefault,
            Headers = _options.Headers,
            Trust = _trust,
            Shed = shed,
            RetryAfter = TableFor(shed),
            Documents = new ProblemDocuments(shed.StatusCode, timeout.StatusCode),
        };
    }

    private PolicyGate AddGate(string name, LimitOptions limit, PolicySettings settings, RetryAllowance retries)
    {
        PolicyGate policy = Gate.AddPolicy(name, settings, retries);
        if (settings.Cap is not null && limit.SetsAlgorithm && PilotOf(limit) is { } steer) // a cap without an algorithm is fixed
        {
            policy.Steering.Cap = steer(new SteeredCap(Gate, policy));
            Register(name, policy.Steering.Cap);
        }

        return policy;
    }

    private void Register(string policy, LimitPilot? pilot)
    {
        if (pilot is not null)
        {
            _pilots.Add(policy, pilot);
        }
    }

    private static Func<ISteered, LimitPilot>? PilotOf(LimitOptions limit) => LimitPilotFactory.For(limit.Algorithm, limit.Initial, limit.Minimum, limit.Maximum);

    /// <summary>Policies that ask for the same waits share a table.</summary>
    private RetryAfterTable TableFor(ShedOptions shed)
    {
        (TimeSpan, TimeSpan) bounds = (shed.MinimumRetryAfter, shed.MaximumRetryAfter);
        if (!_tables.TryGetValue(bounds, out RetryAfterTable? table))
        {
            table = new RetryAfterTable(shed.MinimumRetryAfter, shed.MaximumRetryAfter);
            _tables.Add(bounds, table);
        }

        return table;
    }
}
