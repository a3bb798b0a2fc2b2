using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

public sealed class LookBudgetTests
{
    [Theory]
    [InlineData(1, 50)] // 2 s at half of the throughput are 1 s; a fiftieth of 50 s
    [InlineData(5, 10)] // five times as much may be spent
    public void A_look_is_paid_for_before_the_next(double haste, double seconds)
    {
        LookBudget budget = new();
        budget.BeginStep(10);

        Assert.Equal(2, budget.EndStep(12, lost: 0.5));
        budget.Rest(12, atLeast: 1, haste);

        Assert.False(budget.IsDue(12 + seconds - 0.001));
        Assert.True(budget.IsDue(12 + seconds));
    }

    [Fact]
    public void The_steps_of_one_look_add_up_and_a_gain_pays_for_nothing()
    {
        LookBudget budget = new();
        budget.BeginStep(0);
        budget.EndStep(1, lost: 0.2);
        budget.EndStep(3, lost: 0.1);
        budget.EndStep(9, lost: -1);

        budget.Rest(9, atLeast: 0, haste: 1);

        Assert.False(budget.IsDue(9 + 19.99));
        Assert.True(budget.IsDue(9 + 20.01));
    }

    [Fact]
    public void What_costs_nothing_waits_for_the_least_only()
    {
        LookBudget budget = new();
        budget.BeginStep(0);
        budget.EndStep(1, lost: 0);

        budget.Rest(1, atLeast: 3, haste: 1);

        Assert.False(budget.IsDue(3.9));
        Assert.True(budget.IsDue(4));
    }

    [Fact]
    public void A_rest_pays_off_everything_and_forgiving_does_too()
    {
        LookBudget budget = new();
        budget.BeginStep(0);
        budget.EndStep(10, lost: 1);
        budget.Rest(10, atLeast: 0, haste: 1);
        budget.Rest(10, atLeast: 1, haste: 1);
        Assert.True(budget.IsDue(11));

        budget.EndStep(20, lost: 1);
        budget.Forgive();
        budget.Rest(20, atLeast: 1, haste: 1);
        Assert.True(budget.IsDue(21));
    }

    [Fact]
    public void Hurry_makes_the_next_look_due_at_once_and_never_later()
    {
        LookBudget budget = new();
        budget.WaitUntil(100);
        budget.Hurry(7);
        budget.Hurry(50);

        Assert.True(budget.IsDue(7));
        Assert.False(budget.IsDue(6.9));
    }

    [Theory]
    [InlineData(0.01, 0, 1)]
    [InlineData(0.06, 0, 2)] // twice what counts as sure
    [InlineData(1, 0, 5)]
    [InlineData(0.01, -0.3, 5)] // the limit has moved by more than a fifth
    public void Haste_grows_with_doubt(double variance, double change, double expected) => Assert.Equal(expected, LookBudget.HasteFor(variance, change), 9);
}
