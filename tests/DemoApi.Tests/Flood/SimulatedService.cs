using System.Collections.Concurrent;
using System.Numerics;
using Backpressure.AspNetCore;
using DemoApi.Tests.Load;
using Microsoft.AspNetCore.Http;

namespace DemoApi.Tests.Flood;

/// <summary>A handler of known capacity: a number of slots, each busy for the service time of one request; keeps a ledger of what it ran.</summary>
internal sealed class SimulatedService : IDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _serviceTime;
    private readonly bool _honoursToken;
    private readonly SemaphoreSlim _slots;
    private readonly ConcurrentDictionary<string, int> _ledger = new();
    private int _running; // Interlocked only
    private int _peak; // raised by Interlocked only
    private long _longestWait; // in ticks, raised by Interlocked only
    private long _longestAllowance; // in ticks, raised by Interlocked only

    /// <param name="time">Keeps the service time.</param>
    /// <param name="slots">How many requests it serves at once; the others wait inside, without a bound, as in a service that nothing protects.</param>
    /// <param name="serviceTime">How long one request keeps a slot busy.</param>
    /// <param name="honoursToken">Whether work stops when the request is aborted.</param>
    public SimulatedService(TimeProvider time, int slots, TimeSpan serviceTime, bool honoursToken)
    {
        _time = time;
        _serviceTime = serviceTime;
        _honoursToken = honoursToken;
        _slots = new SemaphoreSlim(slots);
    }

    /// <summary>The most requests that were ever in here at once, those that wait inside included.</summary>
    public int Peak => Volatile.Read(ref _peak);

    /// <summary>The longest time that a request which came this far says it has waited for its permit.</summary>
    public TimeSpan LongestWait => TimeSpan.FromTicks(Volatile.Read(ref _longestWait));

    /// <summary>The longest time for wait and handler together that a request was given.</summary>
    public TimeSpan LongestAllowance => TimeSpan.FromTicks(Volatile.Read(ref _longestAllowance));

    /// <summary>How often each request was run, by its id.</summary>
    public IReadOnlyDictionary<string, int> Ledger => _ledger;

    public async Task ServeAsync(HttpContext context)
    {
        string id = context.Request.Headers[Exchange.IdHeader].ToString();
        Raise(ref _peak, Interlocked.Increment(ref _running));
        _ledger.AddOrUpdate(id, 1, static (_, runs) => runs + 1);
        if (context.Features.Get<IBackpressureFeature>() is { Remaining: { } remaining } admission)
        {
            Raise(ref _longestWait, admission.TimeInQueue.Ticks);
            Raise(ref _longestAllowance, (admission.TimeInQueue + remaining).Ticks);
        }

        try
        {
            await WorkAsync(context.RequestAborted);
            await context.Response.WriteAsync(id);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public void Dispose() => _slots.Dispose();

    private async Task WorkAsync(CancellationToken aborted)
    {
        await _slots.WaitAsync(aborted);
        try
        {
            await Task.Delay(_serviceTime, _time, _honoursToken ? aborted : CancellationToken.None);
        }
        finally
        {
            _slots.Release();
        }
    }

    private static void Raise<T>(ref T highest, T value)
        where T : struct, IComparisonOperators<T, T, bool>
    {
        T seen = highest;
        while (value > seen)
        {
            T before = Interlocked.CompareExchange(ref highest, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
