using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Limits;

public sealed class TransitionTests
{
    [Fact]
    public void After_a_step_up_it_waits_for_as_long_as_told()
    {
        Transition transition = new();
        transition.Begin(now: 10, settle: 2, isDown: false, patience: 100);

        Assert.False(transition.TryEnd(11.9, inFlight: 8, limit: 10));
        Assert.True(transition.TryEnd(12, inFlight: 8, limit: 10));
    }

    [Fact] // at once would do where all take the same time; slow ones that are too many leave while quick ones flow
    public void After_a_step_down_it_waits_until_those_above_the_limit_have_left_and_then_for_as_long_as_told()
    {
        Transition transition = new();
        transition.Begin(now: 10, settle: 2, isDown: true, patience: 100);

        Assert.False(transition.TryEnd(13, inFlight: 5, limit: 5));
        Assert.False(transition.TryEnd(13.5, inFlight: 4, limit: 5));
        Assert.False(transition.TryEnd(15.4, inFlight: 5, limit: 5));
        Assert.True(transition.TryEnd(15.5, inFlight: 5, limit: 5));
    }
}
