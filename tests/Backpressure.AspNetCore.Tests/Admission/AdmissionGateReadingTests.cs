using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

public class AdmissionGateReadingTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_new_gate_reads_as_its_settings_and_nothing_else()
    {
        GateDriver driver = new(limit: 7);
        driver.AddPolicy(cap: 3, capacity: 5);
        driver.AddPolicy();

        GateReading reading = driver.Gate.Read();

        Assert.Equal((7, 0), (reading.Limit, reading.InUse));
        Assert.Equal([("policy 0", 3, 5), ("policy 1", null, 100)], reading.Policies.Select(policy => (policy.Name, policy.Cap, policy.QueueCapacity)));
        Assert.All(reading.Policies, policy =>
        {
            Assert.Equal((0, 0, 0, null), (policy.InUse, policy.Queued, policy.PlacesTaken, policy.LastShedAt));
            Assert.Equal((0, 0, 0, 0), (policy.Arrivals, policy.Admitted, policy.Cancelled, policy.Shed.Sum()));
        });
    }

    [Fact]
    public void Waiters_and_the_places_they_take_are_read_apart()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();
        driver.Hold(policy);
        driver.Enter(policy, places: 3);
        driver.Enter(policy, places: 0);

        Assert.Equal((2, 3), (driver.Read(policy).Queued, driver.Read(policy).PlacesTaken));
    }

    [Fact]
    public void A_reading_does_not_change_when_the_gate_does()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();
        PolicyReading before = driver.Read(policy);

        driver.Hold(policy);
        driver.Enter(policy, deadline: driver.Now);

        Assert.Equal((0, 0, 0), (before.InUse, before.Arrivals, before.Shed.Sum()));
    }

    [Fact]
    public void Every_reason_of_a_refusal_is_counted_by_itself()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();
        driver.Hold(policy);
        ShedReason[] reasons = Enum.GetValues<ShedReason>();
        foreach (ShedReason reason in reasons)
        {
            for (int i = 0; i <= (int)reason; i++)
            {
                driver.Enter(policy);
                driver.Dismiss(policy, reason);
            }
        }

        PolicyReading reading = driver.Read(policy);
        Assert.Equal(reasons.Select(reason => (long)reason + 1), reading.Shed);
        Assert.Equal((reading.Shed.Sum() + 1, 1), (reading.Arrivals, reading.Admitted));
    }

    [Fact]
    public void The_last_refusal_is_remembered_also_when_an_older_one_comes_to_the_gate_after_it()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();

        driver.Now = 5 * Second;
        driver.Enter(policy, deadline: driver.Now);
        driver.Now = 4 * Second;
        driver.Enter(policy, deadline: driver.Now);

        Assert.Equal(5 * Second, driver.Read(policy).LastShedAt);
    }

    [Fact]
    public void Who_leaves_by_itself_is_no_refusal()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy();
        driver.Hold(policy);
        driver.Withdraw(driver.Enter(policy));

        PolicyReading reading = driver.Read(policy);
        Assert.Equal((2, 1, 1, 0, null), (reading.Arrivals, reading.Admitted, reading.Cancelled, reading.Shed.Sum(), reading.LastShedAt));
    }

    [Fact] // R6
    public void Whatever_happens_arrivals_are_admitted_shed_cancelled_or_queued()
    {
        GateDriver driver = new(limit: 1);
        PolicyGate policy = driver.AddPolicy(capacity: 3);
        TestWaiter[] waiters = new TestWaiter[3];
        Action[] happenings =
        [
            () => driver.TryTake(policy),
            () => driver.TryTake(policy),
            () => waiters[0] = driver.Enter(policy),
            () => waiters[1] = driver.Enter(policy, deadline: driver.Now + Second),
            () => waiters[2] = driver.Enter(policy),
            () => driver.Enter(policy),
            () => driver.Enter(policy, isRetry: true),
            () => driver.Enter(policy, deadline: driver.Now),
            () => driver.Withdraw(waiters[0]),
            () => driver.Now += Second,
            () => driver.GiveBack(policy),
            () => driver.Enter(policy),
            () => driver.Dismiss(policy, ShedReason.Draining),
            () => driver.GiveBack(policy),
        ];
        foreach (Action happening in happenings)
        {
            happening();
            PolicyReading reading = driver.Read(policy);
            Assert.Equal(reading.Arrivals, reading.Admitted + reading.Shed.Sum() + reading.Cancelled + reading.Queued);
        }

        PolicyReading end = driver.Read(policy);
        Assert.Equal((8, 2, 5, 1, 0), (end.Arrivals, end.Admitted, end.Shed.Sum(), end.Cancelled, end.Queued));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(8, 0)]
    [InlineData(9, 0.5)]
    [InlineData(10, 1)]
    public void Pressure_rises_over_the_last_fifth_of_the_limit(int inUse, double expected)
    {
        GateDriver driver = new(limit: 10);
        PolicyGate policy = driver.AddPolicy();
        driver.Hold(policy, cost: inUse);

        Assert.Equal(expected, driver.PressureOn(policy));
    }

    [Fact]
    public void A_cap_that_is_reached_presses_on_its_own_policy_alone()
    {
        GateDriver driver = new(limit: 10);
        PolicyGate capped = driver.AddPolicy(cap: 2);
        PolicyGate free = driver.AddPolicy();
        driver.Hold(capped, cost: 2);

        Assert.Equal((1.0, 0.0), (driver.PressureOn(capped), driver.PressureOn(free)));
    }

    [Fact]
    public void A_full_server_presses_on_a_policy_below_its_cap()
    {
        GateDriver driver = new(limit: 2);
        PolicyGate capped = driver.AddPolicy(cap: 2);
        PolicyGate free = driver.AddPolicy();
        driver.Hold(free, cost: 2);

        Assert.Equal(1.0, driver.PressureOn(capped));
    }

    [Fact]
    public void A_refusal_presses_for_one_second_on_its_own_policy_alone()
    {
        GateDriver driver = new(limit: 10);
        PolicyGate shedding = driver.AddPolicy();
        PolicyGate other = driver.AddPolicy();
        driver.Enter(shedding, deadline: driver.Now);

        driver.Now += Second - TimeSpan.FromTicks(1);
        Assert.Equal((1.0, 0.0), (driver.PressureOn(shedding), driver.PressureOn(other)));
        driver.Now += TimeSpan.FromTicks(1);
        Assert.Equal(0.0, driver.PressureOn(shedding));
    }
}
