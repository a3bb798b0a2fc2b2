using Backpressure.AspNetCore.Telemetry;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Backpressure.AspNetCore.DependencyInjection;

/// <summary>Says at start what is in force, and makes the metric series exist once the exporters listen.</summary>
internal sealed partial class Startup : IHostedLifecycleService, IDisposable
{
    private readonly ILogger<Startup> _logger;
    private readonly BackpressureMonitor _monitor;
    private readonly BackpressureMetrics _metrics;
    private readonly TimeoutClock _clock;
    private readonly BackpressureOptions _options;
    private readonly CancellationTokenSource _ended = new();

    public Startup(
        ILogger<Startup> logger, BackpressureMonitor monitor, BackpressureMetrics metrics, TimerMetrics timers, TimeoutClock clock, IOptions<BackpressureOptions> options)
    {
        _ = timers; // made here, so that its instruments exist from the start
        _options = options.Value;
        _logger = logger;
        _monitor = monitor;
        _metrics = metrics;
        _clock = clock;
    }

    private bool ActsAnywhere => _options.Policies.Values.Select(policy => policy.Mode ?? _options.Mode).Append(_options.Mode).Any(mode => mode != BackpressureMode.Off);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        BackpressureSnapshot snapshot = _monitor.GetSnapshot();
        Log.InForce(_logger, snapshot.Mode, snapshot.Limit, string.Join("; ", snapshot.Policies.Select(Describe)));
        string dormant = string.Join(", ", Dormant.In(_options));
        if (dormant.Length > 0)
        {
            Log.Dormant(_logger, dormant);
        }

        if (ActsAnywhere)
        {
            FitThreadPool(snapshot.Limit);
        }

        if (_clock.Provider is TimerFdTimeProvider timers)
        {
            _ = WarnOfFallbackAsync(timers.FellBack.WaitAsync(_ended.Token)); // the timers outlive the host
        }

        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _metrics.PreTouch();
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _ended.Cancel();
        _ended.Dispose();
    }

    /// <summary>At once where the fallback acts already.</summary>
    private async Task WarnOfFallbackAsync(Task<string> fellBack)
    {
        try
        {
            Log.TimerFallback(_logger, await fellBack);
        }
        catch (OperationCanceledException)
        {
            // the host ends, and its timers have worked until now
        }
    }

    /// <summary>A pool that begins fewer handlers than the limit lets in would be the limit, and its queue one that nobody sees.</summary>
    private void FitThreadPool(int limit)
    {
        ThreadPool.GetMinThreads(out int workers, out int ports);
        ThreadPool.GetMaxThreads(out int most, out _);
        int wanted = Math.Min(limit + Environment.ProcessorCount, most);
        if (workers >= wanted)
        {
            return;
        }

        if (_options.AdjustThreadPool && ThreadPool.SetMinThreads(wanted, ports))
        {
            Log.ThreadPoolRaised(_logger, workers, wanted, limit);
        }
        else
        {
            Log.ThreadPoolSmall(_logger, workers, limit, wanted);
        }
    }

    private static string Describe(BackpressurePolicySnapshot policy)
    {
        string found = policy.Adaptive is null ? "" : " to begin with, then as many as keep the server busy";
        string cap = policy.Limit is int limit ? $"at most {limit} at once{found}" : "no cap of its own";
        return policy.QueueCapacity is int capacity ? $"'{policy.Policy}' {cap}, queue {capacity}" : $"'{policy.Policy}' a limiter of the application";
    }

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Warning, "Set, but without effect in this version of Backpressure: {Settings}.", EventName = "DormantSettings")]
        public static partial void Dormant(ILogger logger, string settings);

        [LoggerMessage(1, LogLevel.Information, "Backpressure is in force: mode {Mode}, limit {Limit}. Policies: {Policies}.", EventName = "InForce")]
        public static partial void InForce(ILogger logger, BackpressureMode mode, int limit, string policies);

        [LoggerMessage(4, LogLevel.Information, "The thread pool's minimum was raised from {Before} to {After} threads, so that the limit of {Limit} is what binds. AdjustThreadPool = false leaves it alone.", EventName = "ThreadPoolRaised")]
        public static partial void ThreadPoolRaised(ILogger logger, int before, int after, int limit);

        [LoggerMessage(5, LogLevel.Warning, "The thread pool starts {Workers} threads without delay, fewer than the limit of {Limit} requests: handlers that block will queue in front of it, unseen. Set AdjustThreadPool, or ThreadPool.SetMinThreads({Wanted}, …).",
            EventName = "ThreadPoolSmall")]
        public static partial void ThreadPoolSmall(ILogger logger, int workers, int limit, int wanted);

        [LoggerMessage(2, LogLevel.Warning, "There is no working timerfd ({Reason}): deadlines are kept by a thread that sleeps, to a few milliseconds.", EventName = "TimerFallback")]
        public static partial void TimerFallback(ILogger logger, string reason);
    }
}
