namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Blocks all threads that the pool of this process may have until it is disposed: nothing that is queued meanwhile begins before.</summary>
internal sealed class StarvedPool : IDisposable
{
    private static readonly int Threads = Environment.ProcessorCount; // the pool takes no smaller maximum

    private readonly (int Workers, int Ports) _minimum;
    private readonly (int Workers, int Ports) _maximum;
    private readonly ManualResetEventSlim _release = new();
    private readonly CountdownEvent _blockers = new(2 * Threads); // half of them wait before whatever comes after them

    public StarvedPool()
    {
        ThreadPool.GetMinThreads(out _minimum.Workers, out _minimum.Ports);
        ThreadPool.GetMaxThreads(out _maximum.Workers, out _maximum.Ports);
        Assert.True(ThreadPool.SetMinThreads(Threads, _minimum.Ports) && ThreadPool.SetMaxThreads(Threads, _maximum.Ports));
        for (int i = 0; i < _blockers.InitialCount; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static pool => pool.Block(), this, preferLocal: false);
        }
    }

    public void Dispose()
    {
        _release.Set();
        ThreadPool.SetMaxThreads(_maximum.Workers, _maximum.Ports);
        ThreadPool.SetMinThreads(_minimum.Workers + _blockers.InitialCount, _minimum.Ports); // as whoever runs the tests blocks some of them
        Assert.True(_blockers.Wait(RealTime.Patience), $"{_blockers.CurrentCount} blockers never ended.");
        ThreadPool.SetMinThreads(_minimum.Workers, _minimum.Ports);
        _blockers.Dispose();
        _release.Dispose();
    }

    private void Block()
    {
        _release.Wait(); // without patience: it would be over before the wait for timers that never strike
        _blockers.Signal();
    }
}
