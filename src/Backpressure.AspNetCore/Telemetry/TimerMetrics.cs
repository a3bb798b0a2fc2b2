using System.Diagnostics.Metrics;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.Extensions.Logging;

namespace Backpressure.AspNetCore.Telemetry;

/// <summary>What the timers of the process and its thread pool tell: nothing here belongs to one policy. Where the host keeps its own time, the timers are not ours, and say nothing.</summary>
internal sealed partial class TimerMetrics : IDisposable
{
    public const string SchedulerTag = "backpressure.timer.scheduler";

    private readonly ILogger<TimerMetrics> _logger;
    private readonly TimeoutClock _clock;
    private readonly TimerFdTimeProvider? _timers;
    private readonly TimerLateness _lateness;
    private readonly LogThrottle _failures = new();

    public TimerMetrics(IMeterFactory meters, TimeoutClock clock, ILogger<TimerMetrics> logger)
    {
        _logger = logger;
        _clock = clock;
        _timers = clock.Provider as TimerFdTimeProvider;
        Meter meter = meters.Create(BackpressureMeter.Name); // the factory's one meter of that name, which it disposes
        meter.CreateObservableGauge("backpressure.thread_pool.dispatch_delay", () => clock.PoolDelay.TotalSeconds, "s", "How long the thread pool takes now to begin a work item; measured while requests come.");
        meter.CreateObservableUpDownCounter("backpressure.timer.armed", ReadArmed, "{timer}", "Timers that wait for their time, by what wakes them.");
        meter.CreateObservableCounter("backpressure.timer.claims", () => _timers?.Claims ?? 0, "{callback}", "Callbacks of timers that ran on threads of our own, because the pool was late or they must not depend on it.");
        meter.CreateObservableCounter("backpressure.timer.failures", () => _timers?.CallbackFailures ?? 0, "{callback}", "Callbacks of timers that threw.");
        meter.CreateObservableUpDownCounter("backpressure.timer.blocked_threads", () => _timers?.BlockedThreads ?? 0, "{thread}", "Threads of our own for callbacks that have run one for longer than 100 ms, of at most 64; then timers depend on the pool.");
        _lateness = new TimerLateness(meter, clock.Provider);
        if (_timers is not null)
        {
            _timers.CallbackBegins += _lateness.Note;
            _timers.CallbackFailed += Report;
        }
    }

    public void Dispose()
    {
        if (_timers is not null)
        {
            _timers.CallbackBegins -= _lateness.Note; // the timers outlive the host
            _timers.CallbackFailed -= Report;
        }
    }

    private Measurement<int> ReadArmed() => new(_timers?.ActiveTimers ?? 0, new KeyValuePair<string, object?>(SchedulerTag, _timers?.Scheduler ?? "host"));

    private void Report(Exception exception)
    {
        if (_failures.IsDue(_clock.Now, out long unreported))
        {
            Log.CallbackFailed(_logger, exception, unreported);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The callback of a timer threw; nothing else is affected. So did {Unreported} others that were not reported.", EventName = "TimerCallbackFailed")]
        public static partial void CallbackFailed(ILogger logger, Exception exception, long unreported);
    }
}
