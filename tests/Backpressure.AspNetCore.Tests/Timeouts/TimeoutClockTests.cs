using Backpressure.AspNetCore.Timeouts;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Timeouts;

public class TimeoutClockTests
{
    [Fact]
    public void Without_a_clock_of_the_host_the_shared_timers_act()
    {
        Assert.Same(TimerFdTimeProvider.Shared, new TimeoutClock(hostTime: null).Provider);
    }

    [Fact]
    public void The_system_clock_is_no_choice_of_the_host()
    {
        Assert.Same(TimerFdTimeProvider.Shared, new TimeoutClock(TimeProvider.System).Provider);
    }

    [Fact]
    public void A_clock_of_the_host_is_used()
    {
        var fake = new FakeTimeProvider();

        Assert.Same(fake, new TimeoutClock(fake).Provider);
    }

    [Fact]
    public void Now_counts_from_the_creation_of_the_clock()
    {
        var fake = new FakeTimeProvider();
        fake.Advance(TimeSpan.FromDays(1));
        var clock = new TimeoutClock(fake);

        fake.Advance(TimeSpan.FromMilliseconds(1234));

        Assert.Equal(TimeSpan.FromMilliseconds(1234), clock.Now);
    }
}
