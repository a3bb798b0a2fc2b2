using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Declares the three system calls behind <see cref="TimerFd"/>.</summary>
internal static partial class LinuxCalls
{
    public const int ClockMonotonic = 1;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;
    public const int AbsoluteTime = 1;
    public const short Readable = 1;

    [LibraryImport("libc", EntryPoint = "timerfd_create", SetLastError = true)]
    public static partial SafeFileHandle CreateTimer(int clock, int flags);

    [LibraryImport("libc", EntryPoint = "timerfd_settime", SetLastError = true)]
    public static partial int SetTime(SafeFileHandle timer, int flags, in TimerSetting setting, nint previous);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(ref PollEntry entry, nuint count, int timeoutMilliseconds);

    /// <summary>Is <c>struct itimerspec</c>: every field is a C <c>long</c>, which is as wide as a pointer on Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimerSetting
    {
        public nint IntervalSeconds;
        public nint IntervalNanoseconds;
        public nint Seconds;
        public nint Nanoseconds;
    }

    /// <summary>Is <c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }
}
