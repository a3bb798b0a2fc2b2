using Backpressure.AspNetCore.Timeouts;
using CsCheck;

namespace Backpressure.AspNetCore.Tests.Timeouts;

public class TimerFdSettingTests
{
    private const long Second = 1_000_000_000;

    private static readonly Gen<long> Frequency = Gen.OneOf(1L, 1_000, 10_000_000, 24_000_000, Second);

    [Fact]
    public void Never_disarms()
    {
        Assert.Equal((0, 0), SettingFor(IAlarm.Never, Second));
    }

    [Theory] // T6: all zeros would disarm
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void What_is_due_at_zero_or_before_is_due_after_a_nanosecond(long due)
    {
        Assert.Equal((0, 1), SettingFor(due, Second));
    }

    [Fact]
    public void A_due_time_is_split_into_seconds_and_nanoseconds()
    {
        Assert.Equal((12, 345_678_901), SettingFor(12_345_678_901, Second));
    }

    [Fact] // T7: a nanosecond field of 10^9 would be EINVAL
    public void Every_due_time_gives_a_legal_setting_that_is_not_early_and_never_disarms()
    {
        Gen.Select(Gen.Long[1, long.MaxValue - 1], Frequency).Sample((due, frequency) =>
        {
            (nint seconds, nint nanoseconds) = SettingFor(due, frequency);

            Assert.InRange(nanoseconds, 0, Second - 1);
            Assert.True(seconds > 0 || nanoseconds > 0);
            Int128 exact = (Int128)due * Second;
            Int128 set = (((Int128)seconds * Second) + nanoseconds) * frequency;
            Assert.InRange(set - exact, 0, frequency - 1);
        });
    }

    private static (nint Seconds, nint Nanoseconds) SettingFor(long due, long frequency)
    {
        LinuxCalls.TimerSetting setting = TimerFd.SettingFor(due, frequency);
        Assert.Equal(0, setting.IntervalSeconds);
        Assert.Equal(0, setting.IntervalNanoseconds);
        return (setting.Seconds, setting.Nanoseconds);
    }
}
