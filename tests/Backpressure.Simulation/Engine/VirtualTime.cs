namespace Backpressure.Simulation.Engine;

/// <summary>The clock and the timers of code that takes a <see cref="TimeProvider"/>. Timers fire as events of the run, those that are due at once in the order in which they were set.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private static readonly DateTimeOffset Origin = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly AlarmSource _alarms;

    public VirtualTime() => _alarms = new AlarmSource(this);

    /// <summary>The time of the run, in ticks.</summary>
    public long Now { get; set; }

    public EventSource Source => _alarms;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => Now;

    public override DateTimeOffset GetUtcNow() => Origin + new TimeSpan(Now);

    /// <exception cref="NotSupportedException">A timer that is periodic: no client sets one.</exception>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (period != Timeout.InfiniteTimeSpan)
        {
            throw new NotSupportedException("Virtual timers fire once.");
        }

        Alarm alarm = new(_alarms, callback, state);
        alarm.Change(dueTime, period);
        return alarm;
    }

    private sealed class Alarm : ITimer
    {
        private readonly AlarmSource _alarms;
        private readonly TimerCallback _callback;
        private readonly object? _state;

        public Alarm(AlarmSource alarms, TimerCallback callback, object? state)
        {
            _alarms = alarms;
            _callback = callback;
            _state = state;
        }

        /// <summary>Counts up with each change, so that what was planned before is seen to be stale.</summary>
        public int Version { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Version++;
            _alarms.Plan(this, dueTime);
            return true;
        }

        public void Ring() => _callback(_state);

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class AlarmSource : EventSource
    {
        private readonly VirtualTime _time;
        private readonly PriorityQueue<(Alarm Alarm, int Version), (long At, long Number)> _planned = new();
        private long _number;

        public AlarmSource(VirtualTime time) => _time = time;

        public void Plan(Alarm alarm, TimeSpan dueTime)
        {
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                _planned.Enqueue((alarm, alarm.Version), (_time.Now + dueTime.Ticks, _number++));
            }

            Refresh();
        }

        public override void Fire(long now)
        {
            Alarm alarm = _planned.Dequeue().Alarm;
            Refresh();
            alarm.Ring();
        }

        private void Refresh()
        {
            Due = Never;
            while (_planned.TryPeek(out (Alarm Alarm, int Version) first, out (long At, long Number) when))
            {
                if (first.Alarm.Version == first.Version)
                {
                    Due = when.At;
                    return;
                }

                _planned.Dequeue();
            }
        }
    }
}
