using System.Diagnostics;

namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Is the clock that every mechanism takes its time from: the host's own where a test has registered one, else the shared timerfd.</summary>
internal sealed class TimeoutClock
{
    private const string ActsUnderDebugger = "Backpressure.AspNetCore.TimeoutsUnderDebugger";

    private readonly long _start;
    private readonly double _ticksPerUnit;
    private readonly Func<bool> _isDebugged;
    private readonly PoolProbe? _pool;

    /// <param name="hostTime">The host's own time; <see langword="null"/> for the system's.</param>
    /// <param name="isDebugged">Whether somebody debugs the process; <see langword="null"/> to ask the system.</param>
    /// <param name="pool">Measures the thread pool; <see langword="null"/> for the clock's own, if it has one.</param>
    public TimeoutClock(TimeProvider? hostTime, Func<bool>? isDebugged = null, PoolProbe? pool = null)
    {
        _isDebugged = isDebugged ?? (static () => Debugger.IsAttached);
        Provider = hostTime is null || hostTime == TimeProvider.System ? TimerFdTimeProvider.Shared : hostTime;
        _pool = pool ?? (Provider as TimerFdTimeProvider)?.Pool;
        _start = Provider.GetTimestamp();
        _pool?.Touch(_start); // a pool may be starved before it lets the first request through
        _ticksPerUnit = (double)TimeSpan.TicksPerSecond / Provider.TimestampFrequency; // once: the division costs as much as half of the rest
    }

    public TimeProvider Provider { get; }

    /// <summary>How long the thread pool takes now to begin a work item; zero where the host keeps its own time.</summary>
    public TimeSpan PoolDelay => _pool?.Delay ?? TimeSpan.Zero;

    /// <summary>Has each reading of the thread pool told, with the time, until it is disposed; none comes where the host keeps its own time.</summary>
    public IDisposable WatchPool(Action<TimeSpan, TimeSpan> note) => new PoolWatch(_pool, delay => note(Now, delay));

    /// <summary>Whether deadlines stand still because somebody looks at the process through a debugger, as the framework's request timeouts do.
    /// The switch <c>Backpressure.AspNetCore.TimeoutsUnderDebugger</c> of the application lets them act all the same.</summary>
    public bool IsSuspended => _isDebugged() && !(AppContext.TryGetSwitch(ActsUnderDebugger, out bool acts) && acts);

    /// <summary>The time since this clock was made; it never goes back.</summary>
    public TimeSpan Now => new((long)((Provider.GetTimestamp() - _start) * _ticksPerUnit));

    /// <summary>A request has come now: the thread pool is watched for a while.</summary>
    /// <returns>The time.</returns>
    public TimeSpan NoteArrival()
    {
        long timestamp = Provider.GetTimestamp();
        _pool?.Touch(timestamp);
        return new TimeSpan((long)((timestamp - _start) * _ticksPerUnit));
    }

    /// <summary>An instant of this clock as a timestamp of the provider, never earlier; <see cref="Timestamps.Latest"/> for the end of time.</summary>
    public long TimestampOf(TimeSpan instant) => instant == TimeSpan.MaxValue ? Timestamps.Latest : Timestamps.After(_start, instant, Provider.TimestampFrequency);
}
