using Backpressure.Http.Budget;
using CsCheck;

namespace Backpressure.Http.Tests.Budget;

public class RetryBudgetModelTests
{
    private static readonly TimeSpan Start = TimeSpan.FromDays(730_000); // a clock whose origin is far away

    [Fact]
    public void Any_history_gives_what_the_slow_model_gives()
    {
        decimal[] minimums = [0, 0.5m, 1, 7, 30];
        TimeSpan[] windows = [TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), TimeSpan.FromTicks(12_345_678)];
        var settings = Gen.Select(
            Gen.Int[0, 1_000],
            Gen.OneOf(minimums),
            Gen.OneOf(windows));
        var step = Gen.Select(Gen.Int[0, 9], Gen.OneOf(Gen.Int[0, 2], Gen.Int[-20, 200], Gen.Int[0, 20_000]));

        Gen.Select(settings, step.Array[1, 120]).Sample(
            (setting, steps) =>
            {
                (int ratio, decimal minimum, TimeSpan window) = setting;
                var budget = new RetryBudget(ratio / 1_000d, (double)minimum, window);
                var model = new BudgetModel(ratio / 1_000m, minimum, window);
                TimeSpan now = Start;
                foreach ((int what, int milliseconds) in steps)
                {
                    TimeSpan at = now + TimeSpan.FromMilliseconds(milliseconds);
                    now = at > now ? at : now;
                    switch (what)
                    {
                        case < 5:
                            budget.Deposit(at);
                            model.Deposit(at);
                            break;
                        case < 9:
                            Assert.Equal(model.TryWithdraw(at), budget.TryWithdraw(at));
                            break;
                        default:
                            budget.Refund(at, withdrawnAt: at);
                            model.Refund(at);
                            break;
                    }

                    Assert.Equal(model.Available(at), budget.Available(at), 1e-5);
                }
            },
            iter: 3_000);
    }
}
