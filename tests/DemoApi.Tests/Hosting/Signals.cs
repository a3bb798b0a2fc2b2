using System.ComponentModel;
using System.Runtime.InteropServices;

namespace DemoApi.Tests.Hosting;

/// <summary>Sends a signal to one process, by its id.</summary>
public static partial class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    public static void Send(int processId, int signal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(processId, 2); // 0 and below mean whole groups of processes
        if (SendSignal(processId, signal) != 0)
        {
            throw new Win32Exception();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
