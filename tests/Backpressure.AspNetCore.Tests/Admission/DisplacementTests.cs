using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

public sealed class DisplacementTests
{
    [Theory]
    [InlineData(3, 2, 1, 0)]
    [InlineData(3, 2, 2, 1)]
    [InlineData(3, 3, 3, 3)]
    [InlineData(3, 0, 1, -2)]
    [InlineData(0, 0, 1, 1)]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue, int.MaxValue)] // C17
    [InlineData(0, int.MaxValue, int.MaxValue, 4_294_967_294)] // the queue was made smaller
    public void The_queue_lacks_what_it_holds_and_the_newcomer_takes_above_its_capacity(int capacity, int waiting, int places, long lacking)
    {
        PolicyGate policy = Policy(capacity);
        Wait(policy, Criticality.Normal, waiting);

        Assert.Equal(lacking, Displacement.Lacking(Newcomer(policy, Criticality.Normal, places)));
    }

    [Theory]
    [InlineData(false, Criticality.Sheddable, 0)]
    [InlineData(false, Criticality.Normal, 7)]
    [InlineData(false, Criticality.Critical, 17)]
    [InlineData(true, Criticality.Sheddable, 7)] // who evicts the oldest evicts them from its own lane, too
    [InlineData(true, Criticality.Normal, 17)]
    [InlineData(true, Criticality.Critical, 117)]
    public void Places_are_made_by_the_lanes_below_the_newcomer(bool evictsOldest, Criticality criticality, long available)
    {
        PolicyGate policy = Policy(117, evictsOldest);
        Wait(policy, Criticality.Sheddable, 3);
        Wait(policy, Criticality.Sheddable, 4);
        Wait(policy, Criticality.Normal, 10);
        Wait(policy, Criticality.Critical, 100);
        Wait(Policy(117, evictsOldest), Criticality.Sheddable, 1_000); // another policy's queue

        Assert.Equal(available, Displacement.Available(Newcomer(policy, criticality, places: 1)));
    }

    [Theory]
    [InlineData(false, new[] { 3, 1, 2, 0 })]
    [InlineData(true, new[] { 1, 3, 0, 2 })]
    public void The_lowest_lane_goes_first_and_its_newest_unless_the_oldest_are_evicted(bool evictsOldest, int[] expected)
    {
        PolicyGate policy = Policy(4, evictsOldest);
        TestWaiter[] waiters = [Wait(policy, Criticality.Normal), Wait(policy, Criticality.Sheddable), Wait(policy, Criticality.Normal), Wait(policy, Criticality.Sheddable)];
        TestWaiter newcomer = Newcomer(policy, Criticality.Critical, places: 4);
        List<int> displaced = [];

        while (Displacement.Lacking(newcomer) > 0)
        {
            Waiter next = Displacement.Next(newcomer);
            policy.Waiting.Remove(next);
            displaced.Add(Array.IndexOf<Waiter>(waiters, next));
        }

        Assert.Equal(expected, displaced);
    }

    private static PolicyGate Policy(int capacity, bool evictsOldest = false) =>
        new("any", new PolicySettings { QueueCapacity = capacity, EvictsOldest = evictsOldest }, retries: null);

    private static TestWaiter Wait(PolicyGate policy, Criticality criticality, int places = 1)
    {
        TestWaiter waiter = Newcomer(policy, criticality, places);
        policy.Waiting.Append(waiter);
        return waiter;
    }

    private static TestWaiter Newcomer(PolicyGate policy, Criticality criticality, int places) => new(policy) { Criticality = criticality, Places = places };
}
