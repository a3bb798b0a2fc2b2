using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Wakes its thread by a Linux timerfd, armed at the exact instant.</summary>
/// <remarks>
/// The descriptor is never read: arming it anew clears its readiness. So should a stranger close our descriptor and its number be reused,
/// no byte of anybody else's file is taken; the next <see cref="Arm"/> fails instead.
/// </remarks>
internal sealed class TimerFd : IAlarm
{
    private const int ToleratedBreaks = 100;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>After a wait that was longer a break cost next to nothing, as those by the signals of a profiler do.</summary>
    private static readonly TimeSpan BriefWait = TimeSpan.FromMilliseconds(0.5);

    /// <summary>Bounds a wait on a descriptor that was closed behind our back, since the kernel does not end such a wait.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);

    private static readonly Lazy<bool> Supported = new(Probe);

    private readonly SafeFileHandle _timer;
    private readonly TimeProvider _clock;
    private readonly int _heartbeatMilliseconds;
    private int _breaks; // the waiting thread's

    /// <param name="clock">Gives the instants, counted from the zero of CLOCK_MONOTONIC.</param>
    /// <param name="heartbeat">Ends a wait at the latest; infinite shows a test that no wake is missed.</param>
    /// <exception cref="SyscallException">The kernel refuses.</exception>
    public TimerFd(TimeProvider clock, TimeSpan heartbeat)
    {
        _clock = clock;
        _heartbeatMilliseconds = (int)heartbeat.TotalMilliseconds;
        _timer = LinuxCalls.CreateTimer(LinuxCalls.ClockMonotonic, LinuxCalls.NonBlocking | LinuxCalls.CloseOnExec);
        if (_timer.IsInvalid)
        {
            int error = Marshal.GetLastPInvokeError();
            _timer.Dispose();
            throw new SyscallException("timerfd_create", error);
        }
    }

    /// <summary>Whether this system offers timerfd; being short of descriptors at the moment does not count against it.</summary>
    public static bool IsSupported => Supported.Value;

    public string Name => "timerfd";

    public int Descriptor => (int)_timer.DangerousGetHandle();

    public void Arm(long due)
    {
        LinuxCalls.TimerSetting setting = SettingFor(due, _clock.TimestampFrequency);
        if (LinuxCalls.SetTime(_timer, LinuxCalls.AbsoluteTime, in setting, previous: 0) != 0)
        {
            throw Failure("timerfd_settime", Marshal.GetLastPInvokeError());
        }
    }

    public void Wait()
    {
        bool held = false;
        try
        {
            _timer.DangerousAddRef(ref held);
            var entry = new LinuxCalls.PollEntry { Descriptor = Descriptor, Events = LinuxCalls.Readable };
            long start = _clock.GetTimestamp();
            if (LinuxCalls.Poll(ref entry, count: 1, _heartbeatMilliseconds) < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error is not (SyscallException.InterruptedCall or SyscallException.TryAgain) || IsOneTooMany(start))
                {
                    throw Failure("poll", error);
                }
            }
            else if ((entry.Happened & ~LinuxCalls.Readable) != 0)
            {
                throw Failure("poll", SyscallException.BadFileDescriptor);
            }
            else
            {
                _breaks = 0;
            }
        }
        finally
        {
            if (held)
            {
                _timer.DangerousRelease();
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Rounds up, since an alarm is never early; all zeros would disarm, so that an instant of zero or less becomes the first nanosecond.</summary>
    internal static LinuxCalls.TimerSetting SettingFor(long due, long frequency)
    {
        if (due == IAlarm.Never)
        {
            return default;
        }

        if (due <= 0)
        {
            return new LinuxCalls.TimerSetting { Nanoseconds = 1 };
        }

        (long seconds, long rest) = Math.DivRem(due, frequency);
        long nanoseconds = (long)((((Int128)rest * NanosecondsPerSecond) + frequency - 1) / frequency);
        if (nanoseconds == NanosecondsPerSecond)
        {
            seconds++;
            nanoseconds = 0;
        }

        return new LinuxCalls.TimerSetting { Seconds = (nint)Math.Min(seconds, nint.MaxValue), Nanoseconds = (nint)nanoseconds };
    }

    private static bool Probe()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            using var probe = new TimerFd(TimeProvider.System, Heartbeat);
            return true;
        }
        catch (SyscallException refused)
        {
            return refused.Error is SyscallException.TooManyFiles or SyscallException.TableOverflow or SyscallException.OutOfMemory;
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Whether waits break off at once, one after the other: the thread would spin.</summary>
    private bool IsOneTooMany(long start) => _clock.GetElapsedTime(start) < BriefWait && ++_breaks > ToleratedBreaks;

    private SyscallException Failure(string call, int error)
    {
        if (error is SyscallException.BadFileDescriptor or SyscallException.InvalidArgument)
        {
            _timer.SetHandleAsInvalid(); // the number is not ours any more, and closing it would close a stranger's file
        }

        return new SyscallException(call, error);
    }
}
