using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Admission;

public sealed class LimitPilotTests
{
    private const int Workers = 10;

    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(20);
    private static readonly PolicySettings Short = new() { QueueCapacity = 10 };

    [Theory]
    [InlineData(4)]
    [InlineData(100)]
    public void A_flooded_limit_settles_just_above_the_number_that_keeps_the_service_busy(int initial)
    {
        AdmissionGate gate = Adaptive(initial);
        SteeredService service = new(gate, gate.AddPolicy("default", Short), Workers, Work);

        service.Run(TimeSpan.FromSeconds(60), perSecond: 2000);

        PilotReading reading = gate.Pilot!.Read();
        Assert.InRange(Settled(reading), Workers, 1.7 * Workers);
        Assert.InRange(service.Served, 0.95 * 60 * Workers / Work.TotalSeconds, double.MaxValue);
        Assert.True(reading.Adjustments[(int)LimitReason.ProbeDown] > 0, "The limit never asked what fewer in flight would do.");
        Assert.InRange(reading.Uncertainty, 0, 0.3);
        Assert.InRange(reading.Elasticity, -0.1, 1.1);
    }

    [Fact]
    public void Whatever_was_moved_is_remembered_with_its_reason()
    {
        AdmissionGate gate = Adaptive(100);
        SteeredService service = new(gate, gate.AddPolicy("default", Short), Workers, Work);

        service.Run(TimeSpan.FromSeconds(60), perSecond: 2000);

        PilotReading reading = gate.Pilot!.Read();
        Assert.Equal(gate.Limit, reading.Steps[0].To);
        Assert.All(reading.Steps.Zip(reading.Steps.Skip(1)), pair => Assert.Equal(pair.Second.To, pair.First.From));
        Assert.All(reading.Steps, step => Assert.NotEqual(LimitReason.Initial, step.Reason));
        Assert.Equal(16, reading.Steps.Length);
        Assert.True(reading.Adjustments.Sum() > 16);
    }

    [Fact]
    public void Where_nobody_is_held_back_nothing_is_learned()
    {
        AdmissionGate gate = Adaptive(100);
        SteeredService service = new(gate, gate.AddPolicy("default", Short), Workers, Work);

        service.Run(TimeSpan.FromSeconds(60), perSecond: 400);

        Assert.Equal(100, gate.Limit);
        Assert.Empty(gate.Pilot!.Read().Steps);
    }

    [Theory] // a window that was left open by a burst would end in the next one, and look like a server that became slow
    [InlineData(1, Ending.Served)]
    [InlineData(0.2, Ending.Served)]
    [InlineData(1, Ending.Failed)]
    public void Short_floods_far_apart_teach_nothing_wrong_however_the_last_of_them_ends(double seconds, object last)
    {
        AdmissionGate gate = Adaptive(8);
        SteeredService service = new(gate, gate.AddPolicy("default", Short), 8, Work);
        service.Run(TimeSpan.FromSeconds(30), perSecond: 4000);

        for (int flood = 0; flood < 200; flood++)
        {
            service.Ending = Ending.Served;
            service.Run(TimeSpan.FromSeconds(seconds), perSecond: 4000, new Random(flood));
            service.Ending = (Ending)last;
            service.Run(TimeSpan.FromSeconds(20), perSecond: 0.1);
        }

        Assert.InRange(gate.Limit, 4, 30);
    }

    [Fact]
    public void Work_that_failed_is_no_sample()
    {
        TimeSpan used = TimeSpan.Zero;
        ProcessorMeter busy = new(() => used += TimeSpan.FromSeconds(1), processors: 1);
        AdmissionGate gate = new(100, honoursAge: true, gate => new LimitPilot(new AdaptiveLimit(100, 1, 1000), gate, busy));
        SteeredService service = new(gate, gate.AddPolicy("default", Short), Workers, Work) { Ending = Ending.Failed };

        service.Run(TimeSpan.FromSeconds(60), perSecond: 2000);

        Assert.Equal(100, gate.Limit);
    }

    [Fact]
    public void A_limit_whose_answers_all_come_too_late_is_lowered()
    {
        AdmissionGate gate = Adaptive(400);
        SteeredService service = new(gate, gate.AddPolicy("default", Short), Workers, Work) { Ending = Ending.Left };

        service.Run(TimeSpan.FromSeconds(10), perSecond: 2000);

        Assert.True(gate.Pilot!.Read().Adjustments[(int)LimitReason.Futile] > 0);
        Assert.InRange(gate.Limit, 1, 200);
    }

    [Fact]
    public void A_request_that_its_policys_cap_held_back_says_nothing_of_the_servers_limit()
    {
        AdmissionGate gate = Adaptive(100);
        SteeredService service = new(gate, gate.AddPolicy("capped", Short with { Cap = 5 }), Workers, Work);

        service.Run(TimeSpan.FromSeconds(60), perSecond: 2000);

        Assert.Equal(100, gate.Limit);
        Assert.Equal(5 * 60 / Work.TotalSeconds, service.Served, 100.0);
    }

    [Fact]
    public void A_cap_may_be_adaptive_too()
    {
        AdmissionGate gate = new(1000);
        PolicyGate policy = gate.AddPolicy("own", Short with { Cap = 100 });
        policy.Steering.Cap = new LimitPilot(new AdaptiveLimit(100, 1, 1000), new SteeredCap(gate, policy), Meter());
        SteeredService service = new(gate, policy, Workers, Work);

        service.Run(TimeSpan.FromSeconds(60), perSecond: 2000);

        Assert.InRange(Settled(policy.Steering.Cap.Read()), Workers, 1.7 * Workers);
        Assert.Equal(1000, gate.Limit);
    }

    [Fact] // DESIGN 4.6: nothing is shed while there is room
    public void A_server_that_has_just_started_and_is_idle_takes_who_would_wait()
    {
        AdmissionGate gate = Adaptive(8);
        SteeredService service = new(gate, gate.AddPolicy("default", Short), workers: 1000, TimeSpan.FromSeconds(1));

        service.Run(TimeSpan.FromSeconds(0.5), perSecond: 200);

        Assert.InRange(gate.Limit, 64, 1000);
        Assert.Equal(LimitReason.ColdStart, gate.Pilot!.Read().Steps[0].Reason);
        Assert.Equal(0, gate.Read().Policies[0].Shed.Sum());
    }

    [Fact] // as with a queue, but for those who come before the processors were read
    public void So_does_one_where_nobody_may_wait()
    {
        AdmissionGate gate = Adaptive(8);
        SteeredService service = new(gate, gate.AddPolicy("default", new PolicySettings { QueueCapacity = 0 }), workers: 1000, TimeSpan.FromSeconds(1));

        service.Run(TimeSpan.FromSeconds(0.5), perSecond: 200);

        Assert.InRange(gate.Limit, 64, 1000);
        Assert.Equal(LimitReason.ColdStart, gate.Pilot!.Read().Steps[0].Reason);
        Assert.InRange(gate.Read().Policies[0].Shed.Sum(), 0, 5);
    }

    [Fact]
    public void So_does_a_cap_where_nobody_may_wait()
    {
        AdmissionGate gate = new(1000);
        PolicyGate policy = gate.AddPolicy("own", new PolicySettings { QueueCapacity = 0, Cap = 8 });
        policy.Steering.Cap = new LimitPilot(new AdaptiveLimit(8, 1, 1000), new SteeredCap(gate, policy), Meter());
        SteeredService service = new(gate, policy, workers: 1000, TimeSpan.FromSeconds(1));

        service.Run(TimeSpan.FromSeconds(0.5), perSecond: 200);

        Assert.InRange(policy.Cap!.Value, 64, 1000);
        Assert.InRange(gate.Read().Policies[0].Shed.Sum(), 0, 5);
    }

    [Fact]
    public void A_reading_of_the_processors_before_the_rush_spares_the_first_refusals_too()
    {
        AdmissionGate gate = Adaptive(8);
        WaiterChain none = default;
        gate.Pilot!.NoteBeat(TimeSpan.FromMilliseconds(-20), ref none);
        gate.Pilot.NoteBeat(TimeSpan.FromMilliseconds(-10), ref none);
        SteeredService service = new(gate, gate.AddPolicy("default", new PolicySettings { QueueCapacity = 0 }), workers: 1000, TimeSpan.FromSeconds(1));

        service.Run(TimeSpan.FromSeconds(0.3), perSecond: 200);

        Assert.Equal(0, gate.Read().Policies[0].Shed.Sum());
    }

    [Theory] // rule 4.5: nine of ten that leave, or give themselves no time, do not lower the limit for those who wait for an answer
    [InlineData(Ending.Left)]
    [InlineData(Ending.Expired)]
    public void Callers_that_are_gone_at_once_are_no_reason_to_lower_it(object ending)
    {
        using BlockedLimit steered = new();
        steered.GoOn.Set();
        LimitPilot pilot = new(new AdaptiveLimit(100, 1, 1000), steered, Meter());
        WaiterChain none = default;
        for (int i = 0; i < 20_000; i++)
        {
            pilot.NoteHeld(cost: 1, isShed: i > 19_000);
            bool isHonest = i % 10 == 0;
            pilot.NoteEnd(TimeSpan.FromMilliseconds(isHonest ? 20 : 1), 1, isHonest ? Ending.Served : (Ending)ending, inUse: 100, TimeSpan.FromMilliseconds(i), ref none);
        }

        Assert.Equal(0, pilot.Read().Adjustments[(int)LimitReason.Futile]);
    }

    [Fact]
    public void Whoever_ends_while_another_one_is_told_of_does_not_wait_and_is_told_of_by_that_one()
    {
        using BlockedLimit blocked = new();
        AdaptiveLimit limit = new(100, 1, 1000);
        LimitPilot pilot = new(limit, blocked, Meter());
        Thread mover = new(() =>
        {
            for (int i = 0; i < 10_000 && !blocked.WasMoved; i++)
            {
                End(pilot, i); // until the limit is moved, where it blocks
            }
        });
        mover.Start();
        Assert.True(blocked.Moving.Wait(TimeSpan.FromSeconds(30)), "The limit was never moved.");
        long before = pilot.Untold;

        End(pilot, 10_000);

        Assert.Equal(before + 1, pilot.Untold);
        blocked.GoOn.Set();
        Assert.True(mover.Join(TimeSpan.FromSeconds(30)));
        Assert.Equal(0, pilot.Untold); // by whoever was in the way: nobody else may come for long
    }

    [Fact]
    public void Steering_allocates_nothing_while_it_measures()
    {
        AdmissionGate gate = Adaptive(8);
        PolicyGate policy = gate.AddPolicy("default", Short);
        TestWaiter waiter = new(policy);
        Cycle(gate, waiter, 1_000);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Cycle(gate, waiter, 10_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Cycle(AdmissionGate gate, TestWaiter waiter, int times)
    {
        WaiterChain none = default;
        for (int i = 0; i < times; i++)
        {
            TimeSpan now = TimeSpan.FromMilliseconds(2 * i);
            gate.Enter(waiter, now, ref none);
            gate.Leave(waiter, Ending.Served, now + TimeSpan.FromMilliseconds(1), ref none);
        }
    }

    private static void End(LimitPilot pilot, int number)
    {
        WaiterChain none = default;
        pilot.NoteHeld(cost: 1, isShed: true);
        pilot.NoteEnd(TimeSpan.FromMilliseconds(100), 1, Ending.Served, inUse: 100, TimeSpan.FromMilliseconds(number), ref none);
    }

    /// <summary>The limit outside of the moments in which it is lowered to see what that does.</summary>
    private static int Settled(PilotReading reading) =>
        reading.Steps[0] is { Reason: LimitReason.ProbeDown or LimitReason.ProbeUp } probe ? probe.From : reading.Steps[0].To;

    private static AdmissionGate Adaptive(int initial) => new(initial, honoursAge: true, gate => new LimitPilot(new AdaptiveLimit(initial, 1, 1000), gate, Meter()));

    /// <summary>Processors that are idle.</summary>
    private static ProcessorMeter Meter() => new(static () => TimeSpan.Zero, processors: 2);
}
