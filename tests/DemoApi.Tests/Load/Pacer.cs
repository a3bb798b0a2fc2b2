namespace DemoApi.Tests.Load;

/// <summary>Waits for one instant after another, to the precision of its clock's timers; used by one loop at a time.</summary>
internal sealed class Pacer : IDisposable
{
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _rung = new(0);
    private readonly ITimer _timer;
    private readonly long _start;

    public Pacer(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static rung => ((SemaphoreSlim)rung!).Release(), _rung, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _start = time.GetTimestamp();
    }

    /// <summary>The time since the pacer was made.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_start);

    /// <summary>Returns at an instant of <see cref="Elapsed"/>, or at once when that is over.</summary>
    public async ValueTask WaitUntilAsync(TimeSpan instant)
    {
        for (TimeSpan left = instant - Elapsed; left > TimeSpan.Zero; left = instant - Elapsed)
        {
            _timer.Change(left, Timeout.InfiniteTimeSpan);
            await _rung.WaitAsync();
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _rung.Dispose();
    }
}
