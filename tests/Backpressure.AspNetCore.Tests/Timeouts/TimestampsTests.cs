using System.Numerics;
using Backpressure.AspNetCore.Timeouts;
using CsCheck;

namespace Backpressure.AspNetCore.Tests.Timeouts;

public class TimestampsTests
{
    private static readonly Gen<long> Frequency = Gen.OneOf(1L, 1_000, 10_000_000, 24_000_000, 1_000_000_000);

    [Fact]
    public void An_instant_lies_the_delay_after_now()
    {
        Assert.Equal(1_500_000_007, Timestamps.After(7, TimeSpan.FromSeconds(1.5), 1_000_000_000));
    }

    [Fact]
    public void A_negative_delay_counts_as_none()
    {
        Assert.Equal(7, Timestamps.After(7, TimeSpan.MinValue, 1_000_000_000));
    }

    [Fact] // T7
    public void The_longest_delay_saturates_below_the_instant_that_never_comes()
    {
        Assert.Equal(IAlarm.Never - 1, Timestamps.After(long.MaxValue - 5, TimeSpan.MaxValue, 1_000_000_000));
    }

    [Fact] // T7
    public void The_longest_distance_saturates()
    {
        Assert.Equal(TimeSpan.MaxValue, Timestamps.Between(long.MinValue, long.MaxValue, 1));
    }

    [Fact]
    public void Nothing_is_left_of_what_has_passed()
    {
        Assert.Equal(TimeSpan.Zero, Timestamps.Between(8, 7, 1_000_000_000));
    }

    [Fact] // T7
    public void An_instant_is_exact_rounded_up_and_saturates_whatever_the_numbers()
    {
        Gen<long> ticks = Gen.OneOf(Gen.Long[1, 1_000], Gen.Long[1, TimeSpan.FromDays(400).Ticks], Gen.Long[1, long.MaxValue]);
        Gen.Select(Gen.Long, ticks, Frequency).Sample((now, ticks, frequency) =>
        {
            BigInteger due = now + (((BigInteger)ticks * frequency) + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;

            Assert.Equal(BigInteger.Min(due, Timestamps.Latest), Timestamps.After(now, new TimeSpan(ticks), frequency));
        });
    }

    [Fact] // T7
    public void An_instant_is_exact_where_the_reckoning_leaves_64_bits()
    {
        const long Frequency = 1_000_000_000;
        long edge = (long)(ulong.MaxValue / Frequency); // the longest delay whose product with the frequency takes 64 bits
        for (long ticks = edge - 1_000; ticks <= edge + 1_000; ticks++)
        {
            Assert.Equal(ticks * 100, Timestamps.After(0, new TimeSpan(ticks), Frequency));
        }
    }

    [Fact]
    public void What_is_left_of_a_delay_brings_one_to_its_end_and_never_before_it()
    {
        Gen.Select(Gen.Long[0, long.MaxValue / 4], Gen.Long[1, TimeSpan.FromDays(400).Ticks], Frequency).Sample((now, ticks, frequency) =>
        {
            long due = Timestamps.After(now, new TimeSpan(ticks), frequency);

            TimeSpan left = Timestamps.Between(now, due, frequency);

            Assert.True(left.Ticks >= ticks);
            Assert.True(Timestamps.After(now, left, frequency) >= due);
        });
    }
}
