using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Is an alarm that breaks as a system call does.</summary>
internal sealed class BrokenAlarm(bool onArm, bool onWait) : IAlarm
{
    public string Name => "broken";

    public long? Armed { get; private set; }

    public bool IsDisposed { get; private set; }

    public void Arm(long due)
    {
        if (onArm)
        {
            throw new SyscallException("timerfd_settime", SyscallException.BadFileDescriptor);
        }

        Armed = due;
    }

    public void Wait()
    {
        if (onWait)
        {
            throw new SyscallException("poll", 5);
        }
    }

    public void Dispose() => IsDisposed = true;
}
