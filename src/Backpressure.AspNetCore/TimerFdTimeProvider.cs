using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore;

/// <summary>A <see cref="TimeProvider"/> whose timers are precise and never early, on one Linux timerfd and one thread of its own.</summary>
/// <remarks>
/// <para>Everything that takes a <see cref="TimeProvider"/> works on it: <c>Task.Delay</c>, <see cref="CancellationTokenSource"/>,
/// <see cref="PeriodicTimer"/>. Time itself is the system's; only the timers differ. Time that the machine spends suspended does not count.</para>
/// <para>Callbacks run on the thread pool, with the execution context of their creator; one that the pool does not begin within 5 ms runs on a thread that this class keeps
/// for that (eight, and one more for each that a callback has blocked for 100 ms, 64 in all), so that timers are true when the pool is not. Changing or disposing a timer recalls a firing that has not begun. What a callback throws is counted and goes no further.
/// A periodic timer whose last firing still waits for the pool skips the next, so that a stall is followed by one firing, never by a burst.</para>
/// <para>Where the kernel refuses a timerfd, and on systems other than Linux, a thread that sleeps takes its place; the same holds, to a few milliseconds.</para>
/// </remarks>
public sealed class TimerFdTimeProvider : TimeProvider, IDisposable
{
    private static readonly Lock SharedLock = new();
    private static volatile TimerFdTimeProvider? SharedInstance; // written under SharedLock

    private readonly TimerLoop _loop;

    /// <summary>Starts a provider with a thread and a timerfd of its own; dispose it to end them. Most callers want <see cref="Shared"/>.</summary>
    public TimerFdTimeProvider()
        : this(static () => new TimerFd(System, TimerFd.Heartbeat))
    {
    }

    internal TimerFdTimeProvider(Func<IAlarm> createAlarm)
    {
        _loop = new TimerLoop(System, createAlarm);
        Pool = new PoolProbe(System, callback => UnflowedTimer.Create(this, callback, this, CallbackRoute.Inline));
    }

    /// <summary>Whether this system offers timerfd. Where it does not, the provider works all the same, less precisely.</summary>
    public static bool IsSupported => TimerFd.IsSupported;

    /// <summary>The provider of this process, started at first use. Disposing it does nothing: it lives as long as the process.</summary>
    public static TimerFdTimeProvider Shared
    {
        get
        {
            if (SharedInstance is TimerFdTimeProvider ready)
            {
                return ready;
            }

            lock (SharedLock)
            {
                return SharedInstance ??= new TimerFdTimeProvider();
            }
        }
    }

    /// <summary>Measures how late the thread pool is.</summary>
    internal PoolProbe Pool { get; }

    /// <summary>Told what callbacks throw.</summary>
    internal event Action<Exception> CallbackFailed
    {
        add => _loop.Dispatcher.CallbackFailed += value;
        remove => _loop.Dispatcher.CallbackFailed -= value;
    }

    /// <summary>Told when the callback that begins now was due, as a timestamp.</summary>
    internal event Action<long> CallbackBegins
    {
        add => _loop.Dispatcher.CallbackBegins += value;
        remove => _loop.Dispatcher.CallbackBegins -= value;
    }

    /// <summary>How often a callback threw.</summary>
    internal long CallbackFailures => _loop.Dispatcher.Failures;

    /// <summary>How many threads of its own have run one callback for longer than 100 ms.</summary>
    internal int BlockedThreads => _loop.Dispatcher.Blocked;

    /// <summary>A callback threw that somebody else has caught.</summary>
    internal void CountCallbackFailure() => _loop.Dispatcher.CountFailure();

    /// <summary>How many callbacks ran on threads of its own.</summary>
    internal long Claims => _loop.Dispatcher.Claims;

    /// <summary>What wakes the thread: <c>timerfd</c> or <c>thread</c>.</summary>
    internal string Scheduler => _loop.Scheduler;

    /// <summary>Ends when the fallback takes over, with the reason: the name of the errno, or of the exception.</summary>
    internal Task<string> FellBack => _loop.FellBack;

    /// <summary>How many timers wait for their due time.</summary>
    internal int ActiveTimers => _loop.Count;

    /// <summary>How often the timers' thread had to begin again after an exception.</summary>
    internal long Failures => _loop.Failures;

    /// <summary>Creates a timer with the semantics of the platform's, except that its callback is never early.</summary>
    /// <param name="callback">Runs on the thread pool, or on a thread of this provider's. An exception that it lets escape goes no further; with the platform's timers it would end the process.</param>
    /// <param name="state">Is passed to the callback.</param>
    /// <param name="dueTime">The time to the first firing, up to 49.7 days; zero fires at once, <see cref="Timeout.InfiniteTimeSpan"/> never.</param>
    /// <param name="period">The time between firings, from one millisecond to 49.7 days; zero or <see cref="Timeout.InfiniteTimeSpan"/> fires once.</param>
    /// <exception cref="ArgumentNullException"><paramref name="callback"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A span is negative and not infinite, or too long.</exception>
    /// <exception cref="ObjectDisposedException">This provider has been disposed.</exception>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        TimerSpans spans = TimerSpans.Checked(dueTime, period);
        var timer = new ScheduledTimer(_loop, callback, state);
        ObjectDisposedException.ThrowIf(!_loop.Schedule(timer, spans), this);
        return timer;
    }

    /// <summary>
    /// Ends the thread and closes the timerfd before it returns. No timer fires from then on, except what was already handed to the thread pool;
    /// changing a timer returns false, and creating one throws. On <see cref="Shared"/> it does nothing.
    /// </summary>
    public void Dispose()
    {
        if (this != SharedInstance)
        {
            _loop.Dispose();
        }
    }
}
