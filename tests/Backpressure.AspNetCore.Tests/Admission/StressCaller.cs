using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>One thread of a stress run: comes, waits, gives up, is late, leaves, in an order drawn from its seed.</summary>
internal sealed class StressCaller(AdmissionGate gate, PolicyGate[] policies, StressLedger ledger, int seed)
{
    private readonly Random _random = new(seed);
    private readonly List<TestWaiter> _waiting = [];
    private readonly List<(PolicyGate Policy, int Cost)> _held = [];

    public long Arrivals { get; private set; }

    public bool IsDone => _waiting.Count == 0 && _held.Count == 0;

    public void Run(int operations)
    {
        for (int i = 0; i < operations; i++)
        {
            Step(_random.Next(12));
        }
    }

    /// <summary>Gives back what it holds by now.</summary>
    public void GiveAllBack()
    {
        Collect();
        while (_held.Count > 0)
        {
            Leave();
        }
    }

    private void Step(int choice)
    {
        Collect();
        switch (choice)
        {
            case < 5:
                Arrive();
                break;
            case < 9 when _held.Count > 0:
                Leave();
                break;
            case 9 when _waiting.Count > 0:
                GiveUp();
                break;
            case 10 when _waiting.Count > 0:
                BeLate();
                break;
            case 11:
                CheckReading();
                break;
        }
    }

    private void Arrive()
    {
        PolicyGate policy = policies[_random.Next(policies.Length)];
        int cost = _random.Next(4) == 0 ? _random.Next(8) : 1;
        bool isRetry = _random.Next(4) == 0;
        Arrivals++;
        if (_random.Next(2) == 0 && gate.TryEnter(policy, cost, isRetry, ledger.Tick()))
        {
            Hold(policy, cost);
            return;
        }

        TimeSpan now = ledger.Tick();
        TestWaiter waiter = new(policy, ledger.Complete)
        {
            Cost = cost,
            IsRetry = isRetry,
            ExpiresAt = _random.Next(3) == 0 ? now + TimeSpan.FromTicks(_random.Next(1, 100)) : TimeSpan.MaxValue,
        };
        waiter.Answer = gate.Enqueue(waiter, now);
        ledger.Answered(waiter.Answer);
        if (waiter.Answer == Outcome.Waiting)
        {
            _waiting.Add(waiter);
        }
        else if (waiter.Answer == Outcome.Granted)
        {
            Hold(policy, waiter.Cost);
        }
    }

    private void Hold(PolicyGate policy, int cost)
    {
        ledger.Begin(cost);
        _held.Add((policy, cost));
    }

    private void Leave()
    {
        int which = _random.Next(_held.Count);
        (PolicyGate policy, int cost) = _held[which];
        _held.RemoveAt(which);
        ledger.End(cost);
        WaiterChain decided = default;
        gate.Leave(policy, cost, ledger.Tick(), ref decided);
        decided.CompleteAll();
    }

    private void GiveUp()
    {
        TestWaiter waiter = _waiting[_random.Next(_waiting.Count)];
        WaiterChain decided = default;
        bool withdrawn = gate.Withdraw(waiter, ledger.Tick(), ref decided);
        decided.CompleteAll();
        Assert.Equal(withdrawn, waiter.Outcome == Outcome.Cancelled); // nobody else withdraws it, and a grant stands (B14)
    }

    private void BeLate()
    {
        TestWaiter waiter = _waiting[_random.Next(_waiting.Count)];
        WaiterChain decided = default;
        bool expired = gate.Expire(waiter, ledger.Tick(), ref decided);
        decided.CompleteAll();
        Assert.True(!expired || waiter.Outcome == Outcome.Shed);
    }

    /// <summary>Takes in what others decided for it meanwhile.</summary>
    private void Collect()
    {
        for (int i = _waiting.Count - 1; i >= 0; i--)
        {
            TestWaiter waiter = _waiting[i];
            if (waiter.Completions == 0)
            {
                continue;
            }

            Assert.Equal(1, waiter.Completions);
            _waiting.RemoveAt(i);
            if (waiter.Outcome == Outcome.Granted)
            {
                _held.Add((waiter.Policy, waiter.Cost));
            }
        }
    }

    private void CheckReading()
    {
        GateReading reading = gate.Read();
        Assert.InRange(reading.InUse, 0, reading.Limit);
        Assert.Equal(reading.InUse, reading.Policies.Sum(policy => policy.InUse));
        foreach (PolicyReading policy in reading.Policies)
        {
            Assert.Equal(policy.Arrivals, policy.Admitted + policy.Shed.Sum() + policy.Cancelled + policy.Queued); // R6
            Assert.InRange(policy.PlacesTaken, 0, policy.QueueCapacity!.Value);
            Assert.InRange(policy.InUse, 0, policy.Cap ?? reading.Limit);
        }
    }
}
