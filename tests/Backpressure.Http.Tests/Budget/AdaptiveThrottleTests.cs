using Backpressure.Http.Budget;

namespace Backpressure.Http.Tests.Budget;

public class AdaptiveThrottleTests
{
    private static readonly TimeSpan Now = TimeSpan.FromHours(1);
    private readonly AdaptiveThrottle _throttle = new();

    [Theory]
    [InlineData(100, 50, 0, 0)] // half of it accepted: K = 2 lets all pass
    [InlineData(100, 75, 0, 50d / 101)]
    [InlineData(100, 75, 100, 150d / 201)]
    [InlineData(100, 60, 20, 40d / 121)]
    [InlineData(100, 100, 0, AdaptiveThrottle.MaximumProbability)]
    [InlineData(9, 9, 1000, 0)]
    [InlineData(10, 10, 1000, AdaptiveThrottle.MaximumProbability)]
    public void The_share_held_back_is_that_of_the_rule_and_never_all(int sent, int refused, int held, double expected)
    {
        Count(sent, _throttle.CountSent);
        Count(refused, _throttle.CountRefused);
        Count(held, _throttle.CountHeld);

        Assert.Equal(expected, _throttle.Probability(Now), precision: 12);
    }

    [Fact]
    public void What_has_no_answer_yet_is_no_refusal()
    {
        Count(10, _throttle.CountRefused);
        Count(1_000, _throttle.CountSent);

        Assert.Equal(0, _throttle.Probability(Now));
    }

    [Fact]
    public void Two_seconds_after_the_last_refusal_nothing_is_held_back()
    {
        Count(100, _throttle.CountSent);
        Count(100, _throttle.CountRefused);

        Assert.Equal(0.9, _throttle.Probability(Now + TimeSpan.FromSeconds(1.5)));
        Assert.Equal(0, _throttle.Probability(Now + AdaptiveThrottle.Window));
    }

    [Fact]
    public void Refusals_that_outlive_the_requests_they_answer_do_not_make_it_run_wild()
    {
        Count(100, _throttle.CountRefused);

        Assert.Equal(0, _throttle.Probability(Now)); // nothing was tried
    }

    private static void Count(int times, Action<TimeSpan> count)
    {
        for (int i = 0; i < times; i++)
        {
            count(Now);
        }
    }
}
