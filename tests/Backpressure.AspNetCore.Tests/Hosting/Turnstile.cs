using System.Threading.Channels;
using Backpressure.AspNetCore.Tests.Timeouts;

namespace Backpressure.AspNetCore.Tests.Hosting;

/// <summary>Holds handlers until a test lets them go, and counts how many were inside at once.</summary>
internal sealed class Turnstile
{
    private readonly Channel<int> _arrivals = Channel.CreateUnbounded<int>();
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inside; // Interlocked only
    private int _peak; // Interlocked only
    private int _entered; // Interlocked only

    public int Inside => Volatile.Read(ref _inside);

    /// <summary>The most that were ever inside at once.</summary>
    public int Peak => Volatile.Read(ref _peak);

    /// <summary>How many ever came in.</summary>
    public int Entered => Volatile.Read(ref _entered);

    /// <summary>Waits until one more handler has come in.</summary>
    public Task ArrivalAsync() => RealTime.Within(_arrivals.Reader.ReadAsync().AsTask());

    /// <summary>Lets everybody go, now and from now on.</summary>
    public void Open() => _open.TrySetResult();

    /// <summary>What a handler awaits.</summary>
    /// <param name="cancellation">What a handler that honours its token passes; none for one that does not.</param>
    public async Task PassAsync(CancellationToken cancellation = default)
    {
        Interlocked.Increment(ref _entered);
        int inside = Interlocked.Increment(ref _inside);
        int peak = Volatile.Read(ref _peak);
        while (inside > peak)
        {
            peak = Interlocked.CompareExchange(ref _peak, inside, peak);
        }

        _arrivals.Writer.TryWrite(inside);
        try
        {
            await _open.Task.WaitAsync(cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }
}
