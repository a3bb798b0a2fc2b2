namespace Backpressure.Simulation.Engine;

/// <summary>The threads of a pool, and the requests that wait for one: those that come, which have not reached the gate, and those that the gate let in after a wait.</summary>
/// <remarks>First come, first served, without a bound, as the queue of a thread pool is.</remarks>
internal sealed class PoolThreads
{
    private readonly Server _server;
    private readonly Ring<(Request Request, long Since)> _waiting = new();
    private int _threads;
    private int _busy;
    private bool _isHandingOut;

    public PoolThreads(Server server, int threads)
    {
        _server = server;
        _threads = threads;
    }

    public int Waiting => _waiting.Count;

    /// <summary>How long the one in front has waited.</summary>
    public TimeSpan DispatchDelay(long now) => _waiting.Count == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(now - _waiting.First.Since);

    /// <summary>Lets a request go on as soon as there is a thread for it.</summary>
    public void Dispatch(Request request, long now)
    {
        _waiting.Add((request, now));
        HandOut(now);
    }

    /// <summary>Takes the thread of a request back, if it has one.</summary>
    public void Release(Request request, long now)
    {
        if (!request.HoldsThread)
        {
            return;
        }

        request.HoldsThread = false;
        _busy--;
        HandOut(now);
    }

    public void SetThreads(int count, long now)
    {
        _threads = count;
        HandOut(now);
    }

    private void HandOut(long now)
    {
        if (_isHandingOut)
        {
            return; // whoever got a thread gave it back at once; the loop below sees it
        }

        _isHandingOut = true;
        while (_busy < _threads && _waiting.Count > 0)
        {
            Request request = _waiting.Take().Request;
            _busy++;
            request.HoldsThread = true;
            _server.OnThread(request, now);
        }

        _isHandingOut = false;
    }
}
