using System.Diagnostics;
using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

[Collection(nameof(AloneInProcess))]
public class AdmissionGateMemoryTests
{
    private const int Capacity = 10;

    [Theory] // C5, B6, R11
    [InlineData(false)]
    [InlineData(true)]
    public void A_million_waiters_that_left_a_full_gate_leave_no_node_and_no_byte(bool expire)
    {
        AdmissionGate gate = new(limit: 1);
        PolicyGate policy = gate.AddPolicy("any", null, Capacity, new(new RetryBudgetOptions()));
        gate.TryEnter(policy, 1, isRetry: false, TimeSpan.Zero);
        ComeAndLeave(gate, policy, rounds: 100, expire);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        ComeAndLeave(gate, policy, rounds: 1_000_000 / Capacity, expire);

        long growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.Empty(QueueWalk.Through(policy.Waiting));
        Assert.True(growth <= 1 << 20, $"The heap grew by {growth} bytes.");
        Assert.Equal(1_000_000 + (100 * Capacity), gate.Read().Policies[0] is var end ? end.Cancelled + end.Shed.Sum() : 0);
    }

    [Fact] // C5: with a search through the queue this would take many minutes
    public void Leaving_from_the_middle_of_a_long_queue_takes_no_search()
    {
        const int Many = 300_000;
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy(capacity: Many);
        driver.TryEnter(policy);
        TestWaiter[] waiters = [.. Enumerable.Range(0, Many).Select(_ => driver.Enqueue(policy))];
        new Random(1).Shuffle(waiters);
        long start = Stopwatch.GetTimestamp();

        foreach (TestWaiter waiter in waiters)
        {
            Assert.True(driver.Withdraw(waiter));
        }

        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20));
        Assert.Empty(QueueWalk.Through(policy.Waiting));
    }

    private static void ComeAndLeave(AdmissionGate gate, PolicyGate policy, int rounds, bool expire)
    {
        TestWaiter[] waiters = new TestWaiter[Capacity];
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < waiters.Length; i++)
            {
                waiters[i] = new TestWaiter(policy);
                Assert.Equal(Outcome.Waiting, gate.Enqueue(waiters[i], TimeSpan.Zero));
            }

            foreach (TestWaiter waiter in waiters)
            {
                WaiterChain decided = default;
                Assert.True(expire ? gate.Expire(waiter, TimeSpan.Zero, ref decided) : gate.Withdraw(waiter, TimeSpan.Zero, ref decided));
                decided.CompleteAll();
            }
        }
    }
}
