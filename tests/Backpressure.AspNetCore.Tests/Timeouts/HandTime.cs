namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Is a clock whose one timer rings when the test says so, and which tells how often it was set and for when.</summary>
internal sealed class HandTime : TimeProvider
{
    private readonly List<TimeSpan> _settings = [];
    private TimerCallback? _callback;
    private object? _state;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public long Now { get; set; }

    /// <summary>What the timer was set for, in order.</summary>
    public IReadOnlyList<TimeSpan> Settings => _settings;

    public bool IsDisposed { get; private set; }

    /// <summary>Runs once, when the timer has been set next.</summary>
    public Action? AfterNextSetting { get; set; }

    /// <summary>Runs once, before the timer is set next.</summary>
    public Action? BeforeNextSetting { get; set; }

    public override long GetTimestamp() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Assert.Null(_callback);
        Assert.Equal((Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan), (dueTime, period));
        _callback = callback;
        _state = state;
        return new Timer(this);
    }

    public void Ring() => _callback!(_state);

    private bool Set(TimeSpan dueTime)
    {
        Action? interruption = BeforeNextSetting;
        BeforeNextSetting = null;
        interruption?.Invoke();
        _settings.Add(dueTime);
        interruption = AfterNextSetting;
        AfterNextSetting = null;
        interruption?.Invoke();
        return true;
    }

    private sealed class Timer(HandTime owner) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => owner.Set(dueTime);

        public void Dispose() => owner.IsDisposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
