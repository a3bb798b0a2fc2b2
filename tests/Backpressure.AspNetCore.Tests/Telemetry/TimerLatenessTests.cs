using System.Diagnostics.Metrics;
using Backpressure.AspNetCore.Telemetry;
using Backpressure.AspNetCore.Tests.Timeouts;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Telemetry;

/// <summary>How late timers are, told exactly: time stands still unless the test moves it, and the test plays the thread that begins the callback.</summary>
[Collection(RealTime.Name)] // T18
public sealed class TimerLatenessTests : IDisposable
{
    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;

    private readonly FakeTimeProvider _clock = new();
    private readonly TimerLoop _loop;
    private readonly Meter _meter = new("lateness under test");
    private readonly MeterListener _listener = new();
    private readonly List<double> _recorded = new(1_000);
    private int _runs;

    public TimerLatenessTests()
    {
        _loop = new TimerLoop(_clock, static () => new HandAlarm());
        var lateness = new TimerLateness(_meter, _clock);
        _loop.Dispatcher.CallbackBegins += lateness.Note;
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => _recorded.Add(seconds));
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
        _loop.Dispose();
    }

    [Fact]
    public void A_callback_records_once_how_long_after_its_due_it_begins()
    {
        Listen();
        ScheduledTimer timer = Timer(TimeSpan.FromSeconds(2), Never);

        _clock.Advance(TimeSpan.FromMilliseconds(2_003));
        Fire(timer);

        Assert.Equal([0.003], _recorded);
        Assert.Equal(1, _runs);
    }

    [Fact]
    public void A_periodic_timer_records_the_time_since_its_latest_beat()
    {
        Listen();
        ScheduledTimer timer = Timer(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromMilliseconds(4_250));
        timer.SkipPast(_clock.GetTimestamp());

        Fire(timer);

        Assert.Equal([0.25], _recorded);
    }

    [Fact]
    public void A_firing_that_is_recalled_records_nothing()
    {
        Listen();
        ScheduledTimer timer = Timer(TimeSpan.FromSeconds(2), Never);
        timer.TryMarkPending();
        timer.Change(Never, Never);

        Assert.False(timer.Run());

        Assert.Empty(_recorded);
    }

    [Fact]
    public void What_runs_on_the_timers_thread_records_nothing_as_who_listens_is_a_stranger()
    {
        Listen();
        ScheduledTimer timer = Timer(TimeSpan.FromSeconds(2), Never);
        timer.Route = CallbackRoute.Inline;

        Fire(timer);

        Assert.Empty(_recorded);
        Assert.Equal(1, _runs);
    }

    [Fact]
    public void A_listener_that_throws_costs_no_callback_and_is_counted()
    {
        _listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => throw new FormatException("a stranger's bug"));
        Listen();

        Fire(Timer(TimeSpan.FromSeconds(2), Never));

        Assert.Equal(1, _runs);
        Assert.Equal(1, _loop.Dispatcher.Failures);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_firing_allocates_nothing_whether_somebody_listens_or_not(bool listens)
    {
        if (listens)
        {
            Listen();
        }

        ScheduledTimer timer = Timer(TimeSpan.FromSeconds(2), Never);
        Fire(timer);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 1; i < 500; i++)
        {
            Fire(timer);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(listens ? 500 : 0, _recorded.Count);
    }

    private void Listen() => _listener.EnableMeasurementEvents(Assert.IsType<Histogram<double>>(Published()));

    private Instrument Published()
    {
        List<Instrument> published = [];
        using MeterListener finder = new() { InstrumentPublished = (instrument, _) => published.Add(instrument) };
        finder.Start();
        return Assert.Single(published, instrument => instrument.Meter == _meter);
    }

    private ScheduledTimer Timer(TimeSpan dueTime, TimeSpan period)
    {
        using AsyncFlowControl flow = ExecutionContext.SuppressFlow();
        var timer = new ScheduledTimer(_loop, _ => _runs++, null);
        Assert.True(timer.Change(dueTime, period));
        return timer;
    }

    private static void Fire(ScheduledTimer timer)
    {
        Assert.True(timer.TryMarkPending());
        Assert.True(timer.Run());
    }
}
