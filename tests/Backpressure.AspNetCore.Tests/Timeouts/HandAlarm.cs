using System.Collections.Concurrent;
using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Is an alarm that rings when the test says so, so that a loop can be driven step by step.</summary>
internal sealed class HandAlarm : IAlarm
{
    private readonly SemaphoreSlim _rings = new(0);
    private readonly SemaphoreSlim _waits = new(0);
    private readonly ConcurrentQueue<long> _armed = new();

    public string Name => "hand";

    /// <summary>Every instant it was armed with, in order.</summary>
    public IReadOnlyCollection<long> Armed => _armed;

    public void Arm(long due)
    {
        _armed.Enqueue(due);
        if (due <= 0)
        {
            _rings.Release();
        }
    }

    public void Wait()
    {
        _waits.Release();
        _rings.Wait();
    }

    /// <summary>Lets the loop run until it waits again.</summary>
    public void Settle() => Assert.True(_waits.Wait(RealTime.Patience));

    public void Ring()
    {
        _rings.Release();
        Settle();
    }

    public void Dispose()
    {
        _rings.Dispose();
        _waits.Dispose();
    }
}
