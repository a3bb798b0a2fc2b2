using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DemoApi.Endpoints;

/// <summary>Uses up processor time on the calling thread, as a computation does.</summary>
/// <remarks>Time is counted while the thread runs. By the clock on the wall, threads that share a core would all be done at once, and no load could exceed the processor.</remarks>
internal static partial class ProcessorTime
{
    private const int OfThisThread = 3; // CLOCK_THREAD_CPUTIME_ID
    private const int SpinsBetweenLooks = 200;

    /// <summary>Spins until the thread has used <paramref name="time"/>; elsewhere than on Linux, until it has passed.</summary>
    public static void Use(TimeSpan time)
    {
        TimeSpan end = Used() + time;
        while (Used() < end)
        {
            Thread.SpinWait(SpinsBetweenLooks);
        }
    }

    private static TimeSpan Used() =>
        OperatingSystem.IsLinux() && GetTime(OfThisThread, out ClockReading reading) == 0
            ? TimeSpan.FromSeconds(reading.Seconds) + TimeSpan.FromTicks(reading.Nanoseconds / TimeSpan.NanosecondsPerTick)
            : Stopwatch.GetElapsedTime(0);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out ClockReading reading);

    /// <summary>Is <c>struct timespec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ClockReading
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
