namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Keeps an alarm working whatever happens to the one beneath: a failed one is built anew once, then a <see cref="ThreadSleeper"/> takes over.</summary>
internal sealed class EnduringAlarm : IAlarm
{
    private readonly Func<IAlarm> _create;
    private readonly TimeProvider _clock;
    private readonly TaskCompletionSource<string> _fellBack = new(TaskCreationOptions.RunContinuationsAsynchronously); // of others, which must not run under the lock
    private readonly Lock _lock = new();
    private volatile IAlarm _current; // written under _lock
    private long _due = IAlarm.Never; // guarded by _lock
    private bool _rebuilt; // guarded by _lock

    public EnduringAlarm(Func<IAlarm> create, TimeProvider clock)
    {
        _create = create;
        _clock = clock;
        _current = CreateOrFallBack();
    }

    public string Name => _current.Name;

    /// <summary>Ends when the fallback takes over, with the reason: the name of the errno, or of the exception.</summary>
    public Task<string> FellBack => _fellBack.Task;

    public void Arm(long due)
    {
        lock (_lock)
        {
            _due = due;
            try
            {
                _current.Arm(due);
            }
            catch (Exception failure)
            {
                ReplaceLocked(_current, failure);
            }
        }
    }

    public void Wait()
    {
        IAlarm current = _current;
        try
        {
            current.Wait();
        }
        catch (Exception failure)
        {
            lock (_lock)
            {
                ReplaceLocked(current, failure);
            }
        }
    }

    public void Dispose() => _current.Dispose();

    private void ReplaceLocked(IAlarm failed, Exception failure)
    {
        if (failed != _current)
        {
            return; // the other side noticed first
        }

        failed.Dispose();
        _current = _rebuilt ? FallBack(failure) : CreateOrFallBack();
        _rebuilt = true;
        try
        {
            _current.Arm(_due);
        }
        catch (Exception again)
        {
            _current.Dispose();
            _current = FallBack(again);
            _current.Arm(_due);
        }
    }

    private IAlarm CreateOrFallBack()
    {
        try
        {
            return _create();
        }
        catch (Exception refused)
        {
            return FallBack(refused);
        }
    }

    private ThreadSleeper FallBack(Exception reason)
    {
        _fellBack.TrySetResult(reason is SyscallException call ? call.ErrorName : reason.GetType().Name);
        return new ThreadSleeper(_clock);
    }
}
