using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

[Collection(RealTime.Name)]
public sealed class ThreadSleeperTests() : AlarmContract(new ThreadSleeper(TimeProvider.System))
{
    [Fact]
    public void It_says_what_it_is()
    {
        using var alarm = new ThreadSleeper(TimeProvider.System);

        Assert.Equal("thread", alarm.Name);
    }
}
