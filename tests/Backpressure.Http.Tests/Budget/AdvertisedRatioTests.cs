using Backpressure.Http.Budget;

namespace Backpressure.Http.Tests.Budget;

public class AdvertisedRatioTests
{
    private static readonly TimeSpan Now = TimeSpan.FromDays(1);
    private readonly AdvertisedRatio _ratio = new();

    [Fact]
    public void Nothing_said_is_no_bound() => Assert.Equal(double.PositiveInfinity, _ratio.At(Now));

    [Theory]
    [InlineData(0)]
    [InlineData(0.001)]
    [InlineData(0.1)]
    [InlineData(1)]
    public void What_was_said_holds_for_ten_seconds_and_no_longer(double ratio)
    {
        _ratio.Adopt(ratio, Now);

        Assert.Equal(ratio, _ratio.At(Now));
        Assert.Equal(ratio, _ratio.At(Now + TimeSpan.FromSeconds(9.999)));
        Assert.Equal(double.PositiveInfinity, _ratio.At(Now + TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void The_last_word_counts_and_holds_anew()
    {
        _ratio.Adopt(0.01, Now);
        _ratio.Adopt(0.2, Now + TimeSpan.FromSeconds(5));

        Assert.Equal(0.2, _ratio.At(Now + TimeSpan.FromSeconds(14)));
    }

    [Theory]
    [InlineData(0.5, 0.1, 10)] // of 100 first attempts
    [InlineData(0.1, 0.5, 10)] // what a server says lowers only
    [InlineData(0.5, 0, 0)]
    public void A_budget_is_worth_no_more_than_the_server_accepts(double own, double advertised, int expected)
    {
        var budget = new RetryBudget(own, minimumPerSecond: 0, TimeSpan.FromSeconds(10));
        for (int i = 0; i < 100; i++)
        {
            budget.Deposit(Now);
        }

        int granted = 0;
        while (budget.TryWithdraw(Now, advertised))
        {
            granted++;
        }

        Assert.Equal(expected, granted);
        int afterwards = 0;
        while (budget.TryWithdraw(Now, double.PositiveInfinity))
        {
            afterwards++;
        }

        Assert.Equal((int)(own * 100), granted + afterwards); // the deposits were there all the time
    }
}
