using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

public sealed class ProcessorMeterTests
{
    private TimeSpan _used;

    [Fact]
    public void The_first_reading_has_nothing_to_compare_with() => Assert.Null(Meter().Read(TimeSpan.FromSeconds(5)));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 0.25)] // of 20 ms on two processors
    [InlineData(40, 1)]
    [InlineData(41, 1)] // the accounting of the system is not exact
    [InlineData(-1, 0)]
    public void The_share_is_what_was_used_of_the_time_of_all_processors(int usedMs, double expected)
    {
        ProcessorMeter meter = Meter();
        meter.Read(TimeSpan.FromSeconds(5));
        _used += TimeSpan.FromMilliseconds(usedMs);

        Assert.Equal(expected, meter.Read(TimeSpan.FromSeconds(5.02))!.Value, 1e-5);
    }

    [Fact]
    public void It_is_not_read_again_within_a_moment()
    {
        ProcessorMeter meter = Meter();
        meter.Read(TimeSpan.FromSeconds(5));
        _used += TimeSpan.FromMilliseconds(10);

        Assert.Null(meter.Read(TimeSpan.FromSeconds(5.0099999)));
        Assert.Equal(0.5, meter.Read(TimeSpan.FromSeconds(5.01)));
    }

    [Fact]
    public void A_share_of_long_ago_is_none()
    {
        ProcessorMeter meter = Meter();
        meter.Read(TimeSpan.FromSeconds(5));

        Assert.Null(meter.Read(TimeSpan.FromSeconds(5.1501)));
        _used += TimeSpan.FromMilliseconds(20);
        Assert.Equal(0.25, meter.Read(TimeSpan.FromSeconds(5.1901))!.Value, 6);
    }

    [Fact] // cpu.max 150000 100000: the runtime counts two
    public void A_quota_may_leave_parts_of_a_processor()
    {
        ProcessorMeter meter = new(() => _used, processors: 1.5);
        meter.Read(TimeSpan.FromSeconds(5));
        _used += TimeSpan.FromMilliseconds(30);

        Assert.Equal(1, meter.Read(TimeSpan.FromSeconds(5.02)));
    }

    [Fact] // half a processor: 50 ms of work, and then nothing for 50 ms
    public void Who_is_held_back_by_a_quota_is_busy_although_nothing_is_done_meanwhile()
    {
        ProcessorMeter meter = new(() => _used, processors: 0.5, period: TimeSpan.FromMilliseconds(100));
        List<double> shares = [];
        for (int beat = 0; beat <= 100; beat++)
        {
            double? share = meter.Read(TimeSpan.FromMilliseconds(10 * beat));
            Assert.Equal(beat < 10, share is null);
            shares.AddRange(share is { } known ? [known] : []);
            _used += TimeSpan.FromMilliseconds(beat % 10 < 5 ? 10 : 0);
        }

        Assert.All(shares, share => Assert.Equal(1, share, 1e-9));
    }

    [Fact]
    public void A_quota_that_is_hardly_used_leaves_it_idle()
    {
        ProcessorMeter meter = new(() => _used, processors: 0.5, period: TimeSpan.FromMilliseconds(100));
        for (int beat = 0; beat <= 100; beat++)
        {
            Assert.Equal(beat < 10 ? -1 : 0.2, meter.Read(TimeSpan.FromMilliseconds(10 * beat)) ?? -1, 1e-9);
            _used += TimeSpan.FromMilliseconds(1);
        }
    }

    [Fact]
    public void The_systems_own_accounting_says_that_a_busy_thread_is_busy()
    {
        ProcessorMeter meter = ProcessorMeter.OfThisProcess();
        TimeProvider time = TimeProvider.System;
        long start = time.GetTimestamp();
        double? share = null;
        while (share is not > 0 && time.GetElapsedTime(start) < TimeSpan.FromSeconds(10))
        {
            share = meter.Read(time.GetElapsedTime(start));
        }

        Assert.InRange(share ?? -1, 1e-9, 1);
    }

    private ProcessorMeter Meter() => new(() => _used, processors: 2);
}
