using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Is an alarm that never rings, and that breaks when the test says so.</summary>
internal sealed class BreakingAlarm : IAlarm
{
    private readonly SemaphoreSlim _breaks = new(0);

    public string Name => "breaking";

    public void Break() => _breaks.Release();

    public void Arm(long due)
    {
    }

    public void Wait()
    {
        _breaks.Wait();
        throw new SyscallException("poll", 5);
    }

    public void Dispose() => _breaks.Dispose();
}
