using System.Threading.Channels;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Counts how often a timer fired, and lets a test wait for a number of times.</summary>
internal sealed class Firings
{
    private readonly Channel<object?> _firings = Channel.CreateUnbounded<object?>();
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Callback(object? state)
    {
        Interlocked.Increment(ref _count);
        _firings.Writer.TryWrite(state);
    }

    /// <summary>Completes when so many more firings have come.</summary>
    public async Task Reach(int count)
    {
        for (int i = 0; i < count; i++)
        {
            await _firings.Reader.ReadAsync();
        }
    }
}
