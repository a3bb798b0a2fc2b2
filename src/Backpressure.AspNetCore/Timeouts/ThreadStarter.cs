namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Starts the threads of a crew on a thread that does nothing else: a start waits until the new thread is scheduled, which takes long on a busy machine, and the timers' thread must not.</summary>
internal sealed class ThreadStarter
{
    private readonly Action<ThreadStart> _start;
    private readonly Func<DispatcherThread?> _hire;
    private readonly Action _dismiss;
    private readonly object _lock = new();
    private int _asked; // guarded by _lock, as below
    private bool _runs;

    /// <param name="start">Starts a thread; may throw.</param>
    /// <param name="hire">Makes the next one; <see langword="null"/> when there are to be no more.</param>
    /// <param name="dismiss">Told that one could not be started.</param>
    public ThreadStarter(Action<ThreadStart> start, Func<DispatcherThread?> hire, Action dismiss)
    {
        _start = start;
        _hire = hire;
        _dismiss = dismiss;
    }

    /// <summary>Asks for one thread more.</summary>
    /// <returns>Whether it will be tried; not where even the thread for that cannot be started.</returns>
    public bool TryAsk()
    {
        lock (_lock)
        {
            _runs = _runs || TryStart(Work);
            AskLocked(_runs ? 1 : 0);
            return _runs;
        }
    }

    /// <summary>Looks whether there are to be more.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            AskLocked(1);
        }
    }

    private void AskLocked(int threads)
    {
        _asked += threads;
        Monitor.Pulse(_lock);
    }

    private void Work()
    {
        while (true)
        {
            lock (_lock)
            {
                while (_asked == 0)
                {
                    Monitor.Wait(_lock);
                }

                _asked--;
            }

            if (_hire() is not { } thread)
            {
                return;
            }

            if (!TryStart(thread.Work))
            {
                _dismiss();
            }
        }
    }

    private bool TryStart(ThreadStart work)
    {
        try
        {
            _start(work);
            return true;
        }
        catch (Exception)
        {
            return false; // out of memory, or a container's bound on threads
        }
    }
}
