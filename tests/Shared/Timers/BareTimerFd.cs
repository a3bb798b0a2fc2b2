using System.ComponentModel;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.Win32.SafeHandles;

namespace Backpressure.Tests;

/// <summary>Waits for one instant after the other on a timerfd and does nothing else: as soon as any timer on this machine can be, with which ours are compared.</summary>
internal sealed class BareTimerFd : IDisposable
{
    private const long NanosecondsPerSecond = 1_000_000_000; // which is the unit of the timestamps on Linux

    private readonly SafeFileHandle _timer = LinuxCalls.CreateTimer(LinuxCalls.ClockMonotonic, LinuxCalls.NonBlocking | LinuxCalls.CloseOnExec);

    /// <summary>Blocks until the instant.</summary>
    public void WaitFor(long due)
    {
        LinuxCalls.TimerSetting setting = new() { Seconds = (nint)(due / NanosecondsPerSecond), Nanoseconds = (nint)(due % NanosecondsPerSecond) };
        LinuxCalls.PollEntry entry = new() { Descriptor = (int)_timer.DangerousGetHandle(), Events = LinuxCalls.Readable };
        if (LinuxCalls.SetTime(_timer, LinuxCalls.AbsoluteTime, in setting, previous: 0) != 0 || LinuxCalls.Poll(ref entry, count: 1, timeoutMilliseconds: -1) != 1)
        {
            throw new Win32Exception();
        }
    }

    public void Dispose() => _timer.Dispose();
}
