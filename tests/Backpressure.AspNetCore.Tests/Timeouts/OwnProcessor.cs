using System.Runtime.InteropServices;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Keeps a thread on one processor, so that two threads that race do so at once also where the system would let them take turns on the same one. Does nothing on other systems than Linux, nor where there is one processor alone.</summary>
internal static class OwnProcessor
{
    private const int MaskBytes = 128; // as the C library's cpu_set_t

    /// <summary>Binds the calling thread to one of the processors that the process may use: for each number, up to their count, to another.</summary>
    public static void Bind(int number)
    {
        byte[] mask = new byte[MaskBytes];
        if (!OperatingSystem.IsLinux() || GetAffinity(0, MaskBytes, mask) != 0)
        {
            return;
        }

        int[] processors = [.. Enumerable.Range(0, 8 * MaskBytes).Where(i => (mask[i / 8] & (1 << (i % 8))) != 0)];
        if (processors.Length < 2)
        {
            return;
        }

        int chosen = processors[number % processors.Length];
        Array.Clear(mask);
        mask[chosen / 8] = (byte)(1 << (chosen % 8));
        _ = SetAffinity(0, MaskBytes, mask);
    }

    [DllImport("libc", EntryPoint = "sched_getaffinity")]
    private static extern int GetAffinity(int thread, nint length, byte[] mask);

    [DllImport("libc", EntryPoint = "sched_setaffinity")]
    private static extern int SetAffinity(int thread, nint length, byte[] mask);
}
