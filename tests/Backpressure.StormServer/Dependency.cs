namespace Backpressure.StormServer;

/// <summary>
/// What the handler depends on: serves so many at a time, first come, first served, each for the service time, also those whom nobody waits for any more, as a database does. How many changes while it runs.
/// </summary>
/// <remarks>One begins at the instant at which the one before it was to end, however late the machine notices, so that the capacity is the same on a machine that others use, too.</remarks>
internal sealed class Dependency
{
    private readonly Lock _lock = new();
    private readonly Queue<(TimeSpan CameAt, TaskCompletionSource<TimeSpan> Turn)> _waiting = []; // under _lock
    private readonly TimeProvider _time;
    private readonly TimeSpan _serviceTime;
    private int _slots; // under _lock
    private int _busy; // under _lock

    public Dependency(TimeProvider time, int slots, TimeSpan serviceTime)
    {
        _time = time;
        _slots = slots;
        _serviceTime = serviceTime;
    }

    private TimeSpan Now => _time.GetElapsedTime(0);

    /// <summary>Serves so many at a time from now on; what is being served is served to its end.</summary>
    public void Resize(int slots)
    {
        lock (_lock)
        {
            _slots = slots;
            FillLocked(Now);
        }
    }

    /// <summary>Waits for a slot and uses it.</summary>
    public async Task UseAsync()
    {
        TimeSpan ends = await EnterAsync() + _serviceTime;
        for (TimeSpan left = ends - Now; left > TimeSpan.Zero; left = ends - Now)
        {
            await Task.Delay(left, _time);
        }

        Leave(ends);
    }

    private Task<TimeSpan> EnterAsync()
    {
        TaskCompletionSource<TimeSpan> turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Enqueue((Now, turn));
            FillLocked(TimeSpan.Zero);
        }

        return turn.Task;
    }

    private void Leave(TimeSpan at)
    {
        lock (_lock)
        {
            _busy--;
            FillLocked(at);
        }
    }

    /// <summary>Serves the next, from when it came or the slot was free.</summary>
    private void FillLocked(TimeSpan freeAt)
    {
        while (_busy < _slots && _waiting.TryDequeue(out (TimeSpan CameAt, TaskCompletionSource<TimeSpan> Turn) next))
        {
            _busy++;
            next.Turn.SetResult(next.CameAt > freeAt ? next.CameAt : freeAt);
        }
    }
}
