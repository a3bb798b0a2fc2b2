using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Limits;
using Backpressure.AspNetCore.Retries;
using Backpressure.AspNetCore.Tests.Retries;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>The server's budget through the gate itself: exact by one retry, however the first attempts came in and whatever threads do (R9, B24).</summary>
public sealed class RetryBudgetExactnessTests
{
    private const int Attempts = 10_000;

    [Theory]
    [ClassData(typeof(TenRatios))]
    public void Retries_are_the_ratio_of_the_first_attempts_that_were_admitted_at_once_or_after_waiting(double ratio)
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy(capacity: 2 * Attempts, retryRatio: ratio);
        PolicyGate other = driver.AddPolicy(capacity: 10, retryRatio: 1);
        for (int i = 0; i < Attempts / 2; i++)
        {
            TestWaiter atOnce = driver.Hold(policy);
            TestWaiter afterWaiting = driver.Enter(policy);
            driver.Leave(atOnce);
            Assert.Equal(Outcome.Granted, afterWaiting.Outcome);
            driver.Leave(afterWaiting);
        }

        driver.Hold(policy, isRetry: true); // there is room: it costs nothing
        Assert.Equal(ShedReason.RetryBudget, driver.Enter(other, isRetry: true).Refusal); // nobody earned anything there
        List<TestWaiter> retries = Retry(driver, policy);
        Assert.InRange(retries.Count, (Attempts * ratio) - 1, Attempts * ratio);

        retries.ForEach(retry => driver.Withdraw(retry)); // none of them was admitted
        Assert.Equal(retries.Count, Retry(driver, policy).Count);
    }

    [Fact]
    public void The_floor_lets_one_in_at_a_time()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.Gate.AddPolicy("paced", new PolicySettings(), new RetryAllowance(new RetryBudgetOptions { Ratio = 0, MinimumPerSecond = 1 }));
        driver.Hold(policy);
        int waiting = 0;
        for (int tenth = 0; tenth <= 100; tenth++)
        {
            int before = waiting;
            while (driver.Enter(policy, isRetry: true).Answer == Outcome.Waiting)
            {
                waiting++;
            }

            Assert.InRange(waiting - before, 0, 1); // never a burst, after whatever pause
            driver.Now += TimeSpan.FromSeconds(0.1);
        }

        Assert.InRange(waiting, 10, 11);
    }

    [Fact]
    public void Threads_that_retry_at_once_do_not_overshoot_and_give_back_what_they_took()
    {
        AdmissionGate gate = new(limit: 1);
        PolicyGate policy = gate.AddPolicy("raced", new PolicySettings { QueueCapacity = 100_000 }, new RetryAllowance(new RetryBudgetOptions { Ratio = 0.5, MinimumPerSecond = 0 }));
        TimeSpan now = TimeSpan.FromSeconds(100);
        for (int i = 0; i < 2_000; i++)
        {
            WaiterChain none = default;
            TestWaiter attempt = new(policy);
            Assert.Equal(Outcome.Granted, gate.Enter(attempt, now, ref none));
            gate.Leave(attempt, Ending.Served, now, ref none);
        }

        WaiterChain held = default;
        Assert.Equal(Outcome.Granted, gate.Enter(new TestWaiter(policy) { IsRetry = true }, now, ref held));
        for (int round = 0; round < 3; round++)
        {
            int waiting = 0;
            Thread[] threads = [.. Enumerable.Range(0, 64).Select(_ => new Thread(() =>
            {
                WaiterChain decided = default;
                TestWaiter[] retries = [.. Enumerable.Range(0, 50).Select(_ => new TestWaiter(policy) { IsRetry = true })];
                TestWaiter[] taken = [.. retries.Where(retry => gate.Enter(retry, now, ref decided) == Outcome.Waiting)];
                Interlocked.Add(ref waiting, taken.Length);
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());

            Assert.Equal(1_000, waiting);
            WaiterChain dismissed = default;
            gate.Dismiss(policy, ShedReason.QueueTimeout, now, ref dismissed);
        }
    }

    private static List<TestWaiter> Retry(GateDriver driver, PolicyGate policy)
    {
        List<TestWaiter> waiting = [];
        while (driver.Enter(policy, isRetry: true) is { Answer: Outcome.Waiting } retry)
        {
            waiting.Add(retry);
        }

        return waiting;
    }
}
