using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Limits;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>The gate allocates nothing, whatever becomes of a request, and remembers nobody who is gone.</summary>
[Collection(nameof(AloneInProcess))]
public sealed class AdmissionGateMemoryTests
{
    private const int Rounds = 1_000;

    private readonly AdmissionGate _gate = new(1);

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    public void Admitting_and_leaving_allocates_nothing(int? cap)
    {
        Place place = new() { Policy = Policy(cap, capacity: 0) };

        AllocatesNothing(() =>
        {
            WaiterChain decided = default;
            Assert.True(_gate.Enter(place, TimeSpan.Zero, ref decided) == Outcome.Granted);
            _gate.Leave(place, Ending.Served, TimeSpan.FromMilliseconds(1), ref decided);
        });
    }

    [Theory]
    [InlineData(null, 0, false)]
    [InlineData(null, 1, false)]
    [InlineData(null, 1, true)] // a retry asks under the lock
    [InlineData(1, 0, false)]
    [InlineData(1, 1, false)]
    public void Refusing_allocates_nothing(int? cap, int capacity, bool isRetry)
    {
        PolicyGate policy = Policy(cap, capacity);
        for (int i = 0; i < 1 + capacity; i++)
        {
            Enter(new Place { Policy = policy });
        }

        Place place = new() { Policy = policy, IsRetry = isRetry };

        AllocatesNothing(() => Assert.True(Enter(place) == Outcome.Shed));
    }

    [Theory] // rule 4.11
    [InlineData(0)]
    [InlineData(1)]
    public void Refusing_at_the_ceiling_of_the_thread_pool_allocates_nothing(int capacity)
    {
        AdmissionGate gate = new(100);
        PolicyGate policy = gate.AddPolicy("default", new PolicySettings { QueueCapacity = capacity });
        WaiterChain decided = default;
        gate.SetCeiling(2, TimeSpan.Zero, ref decided);
        for (int i = 0; i < 2 + capacity; i++)
        {
            gate.Enter(new Place { Policy = policy }, TimeSpan.Zero, ref decided);
        }

        Place place = new() { Policy = policy };

        AllocatesNothing(() =>
        {
            WaiterChain none = default;
            Assert.True(gate.Enter(place, TimeSpan.Zero, ref none) == Outcome.Shed);
        });
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1)]
    public void Waiting_and_being_granted_allocates_nothing(int? cap)
    {
        PolicyGate policy = Policy(cap, capacity: 1);
        Place inside = new() { Policy = policy };
        Place waiting = new() { Policy = policy };
        Assert.Equal(Outcome.Granted, Enter(inside));

        AllocatesNothing(() =>
        {
            WaiterChain decided = default;
            Assert.True(Enter(waiting) == Outcome.Waiting);
            _gate.Leave(inside, Ending.Served, TimeSpan.FromMilliseconds(1), ref decided);
            decided.CompleteAll();
            Assert.True(waiting.Outcome == Outcome.Granted);
            (inside, waiting) = (waiting, inside);
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Leaving_the_queue_allocates_nothing(bool expires)
    {
        PolicyGate policy = Policy(null, capacity: 1);
        Enter(new Place { Policy = policy });
        Place place = new() { Policy = policy, Deadline = TimeSpan.FromMilliseconds(1) };

        AllocatesNothing(() =>
        {
            Assert.True(Enter(place) == Outcome.Waiting);
            TakeOut(place, expires);
        });
    }

    [Fact] // R11, C5, B6
    public void A_million_who_queue_and_leave_leave_nothing_behind()
    {
        PolicyGate policy = Policy(null, capacity: 10);
        Place inside = new() { Policy = policy };
        Enter(inside);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        for (int i = 0; i < 1_000_000; i++)
        {
            Place place = new() { Policy = policy }; // each one new, as if no pool kept any
            Assert.True(Enter(place) == Outcome.Waiting);
            TakeOut(place, expires: false);
        }

        Assert.Empty(QueueWalk.Through(policy.Waiting));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 1 << 20);
        WaiterChain decided = default;
        _gate.Leave(inside, Ending.Served, TimeSpan.Zero, ref decided);
        Assert.Equal((0, 1_000_000), (_gate.Read().InUse, _gate.Read().Policies[0].Cancelled));
    }

    private PolicyGate Policy(int? cap, int capacity) => _gate.AddPolicy("default", new PolicySettings { Cap = cap, QueueCapacity = capacity });

    private Outcome Enter(Place place)
    {
        WaiterChain decided = default;
        Outcome outcome = _gate.Enter(place, TimeSpan.Zero, ref decided);
        decided.CompleteAll();
        return outcome;
    }

    private void TakeOut(Place place, bool expires)
    {
        WaiterChain decided = default;
        if (expires)
        {
            _gate.Expire(place, TimeSpan.FromMilliseconds(1), ref decided);
        }
        else
        {
            Assert.True(_gate.Withdraw(place, TimeSpan.Zero, ref decided));
        }

        decided.CompleteAll();
    }

    /// <summary>In the best of several rounds, for now and then the runtime itself allocates on a thread.</summary>
    private static void AllocatesNothing(Action action) => Assert.Equal(0, Enumerable.Range(0, 5).Min(_ =>
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
        {
            action();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }));

    private sealed class Place : Waiter
    {
        public override void Complete()
        {
            // nobody waits
        }
    }
}
