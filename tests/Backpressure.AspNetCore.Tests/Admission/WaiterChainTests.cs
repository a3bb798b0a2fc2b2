using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

public class WaiterChainTests
{
    private readonly PolicyGate _policy = new AdmissionGate(limit: 1).AddPolicy("any", new PolicySettings());
    private readonly List<TestWaiter> _completed = [];

    [Fact]
    public void An_empty_chain_completes_nothing()
    {
        WaiterChain chain = default;

        Assert.Null(Record.Exception(() => chain.CompleteAll()));
    }

    [Fact]
    public void Waiters_are_completed_in_the_order_in_which_they_were_decided()
    {
        TestWaiter[] waiters = [new(_policy, _completed.Add), new(_policy, _completed.Add), new(_policy, _completed.Add)];
        WaiterChain chain = default;
        Array.ForEach(waiters, waiter => chain.Append(waiter));

        chain.CompleteAll();

        Assert.Equal(waiters, _completed);
        Assert.All(waiters, waiter => Assert.Null(waiter.Next));
    }

    [Fact]
    public void Completing_a_chain_again_completes_nobody_twice()
    {
        TestWaiter waiter = new(_policy);
        WaiterChain chain = default;
        chain.Append(waiter);
        chain.CompleteAll();

        chain.CompleteAll();

        Assert.Equal(1, waiter.Completions);
    }

    [Fact]
    public void A_waiter_may_be_used_again_as_soon_as_it_was_completed()
    {
        WaiterQueue elsewhere = new();
        TestWaiter next = new(_policy, elsewhere.Append);
        TestWaiter reused = new(_policy, elsewhere.Append);
        WaiterChain chain = default;
        chain.Append(reused);
        chain.Append(next);

        chain.CompleteAll();

        Assert.Equal([reused, next], QueueWalk.Through(elsewhere));
        Assert.Equal(1, next.Completions);
    }
}
