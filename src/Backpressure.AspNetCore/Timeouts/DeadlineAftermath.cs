namespace Backpressure.AspNetCore.Timeouts;

/// <summary>What looks after a request that goes on although its time is over. Ended once, and nothing begins afterwards.</summary>
internal sealed class DeadlineAftermath
{
    private Overrun? _overrun; // both published by CAS
    private StallWatch? _watch;

    /// <summary>The deadline has struck.</summary>
    public void Begin(Overrun? overrun)
    {
        if (overrun is not null && Interlocked.CompareExchange(ref _overrun, overrun, null) is null)
        {
            overrun.Start();
        }
    }

    /// <summary>The deadline has passed over the request.</summary>
    public void Begin(StallWatch? watch, Action onStall)
    {
        if (watch is not null && Interlocked.CompareExchange(ref _watch, watch, null) is null)
        {
            watch.Start(onStall);
        }
    }

    /// <summary>The response is complete although the handler goes on.</summary>
    public void LeaveRequest() => Volatile.Read(ref _overrun)?.LeaveRequest();

    /// <summary>The request has ended.</summary>
    public void End()
    {
        Interlocked.Exchange(ref _overrun, Overrun.Ended)?.End();
        Interlocked.Exchange(ref _watch, StallWatch.Ended)?.End();
    }
}
