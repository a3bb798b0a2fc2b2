using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Limits;
using Backpressure.AspNetCore.Retries;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>Drives a gate as the middleware does, on one thread with a clock of its own, and completes whatever each call decided.</summary>
internal sealed class GateDriver(int limit, bool honoursAge = true)
{
    private readonly List<TestWaiter> _completed = [];
    private readonly List<PolicyGate> _policies = [];

    private delegate T Call<out T>(ref WaiterChain decided);

    private delegate void Act(ref WaiterChain decided);

    public AdmissionGate Gate { get; } = new(limit, honoursAge);

    public TimeSpan Now { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>The waiters that were completed, in that order.</summary>
    public IReadOnlyList<TestWaiter> Completed => _completed;

    public int InUse => Gate.Read().InUse;

    public PolicyGate AddPolicy(int? cap = null, int capacity = 100, double retryRatio = 0, QueueOrder order = QueueOrder.OldestFirst) =>
        AddPolicy(new PolicySettings { Cap = cap, QueueCapacity = capacity, Order = order }, retryRatio);

    public PolicyGate AddPolicy(PolicySettings settings, double retryRatio = 0)
    {
        RetryAllowance retries = new(new RetryBudgetOptions { Ratio = retryRatio, MinimumPerSecond = 0, Window = TimeSpan.FromMinutes(10) });
        PolicyGate policy = Gate.AddPolicy($"policy {_policies.Count}", settings, retries);
        _policies.Add(policy);
        return policy;
    }

    public TestWaiter Enter(
        PolicyGate policy, int cost = 1, int places = 1, bool isRetry = false, TimeSpan? deadline = null, Criticality criticality = Criticality.Normal)
    {
        TestWaiter waiter = new(policy, _completed.Add)
        {
            Cost = cost,
            Places = places,
            IsRetry = isRetry,
            Deadline = deadline ?? TimeSpan.MaxValue,
            Criticality = criticality,
        };
        return Enter(waiter);
    }

    /// <summary>To be handed to waiters that are made elsewhere, so that they are found among <see cref="Completed"/>.</summary>
    public void Note(TestWaiter completed) => _completed.Add(completed);

    /// <summary>Puts a waiter to the gate, which may have been there before.</summary>
    public TestWaiter Enter(TestWaiter waiter)
    {
        waiter.Answer = Run((ref WaiterChain decided) => Gate.Enter(waiter, Now, ref decided));
        return waiter;
    }

    /// <summary>Takes permits that must be free, so that others have to wait.</summary>
    public TestWaiter Hold(PolicyGate policy, int cost = 1, bool isRetry = false)
    {
        TestWaiter holder = Enter(policy, cost, isRetry: isRetry);
        Assert.Equal(Outcome.Granted, holder.Answer);
        return holder;
    }

    public bool TryTake(PolicyGate policy, int cost = 1) => TryTake(policy, cost, out _);

    public bool TryTake(PolicyGate policy, int cost, out int permits)
    {
        int taken = 0;
        bool success = Run((ref WaiterChain decided) => Gate.TryTake(policy, cost, Now, ref decided, out taken));
        permits = taken;
        return success;
    }

    public void GiveBack(PolicyGate policy, int permits = 1) => Run((ref WaiterChain decided) =>
    {
        if (Gate.Return(policy, permits))
        {
            Gate.Pump(Now, ref decided);
        }
    });

    public void Leave(TestWaiter waiter, bool isSample = true) => Run((ref WaiterChain decided) => Gate.Leave(waiter, isSample ? Ending.Served : Ending.Failed, Now, ref decided));

    public bool Withdraw(TestWaiter waiter) => Run((ref WaiterChain decided) => Gate.Withdraw(waiter, Now, ref decided));

    /// <returns>How long the waiter may still wait.</returns>
    public TimeSpan? Expire(TestWaiter waiter) => Run((ref WaiterChain decided) => Gate.Expire(waiter, Now, ref decided));

    /// <summary>Ends a wait because its caller left, or because its time is over, which it then is.</summary>
    /// <returns>Whether the call did it.</returns>
    public bool TakeOut(TestWaiter waiter, bool expires)
    {
        if (!expires)
        {
            return Withdraw(waiter);
        }

        bool waits = waiter.Outcome == Outcome.Waiting;
        Now = waits ? waiter.ExpiresAt : Now;
        Assert.Null(Expire(waiter));
        return waits && waiter.ShedFor == ShedReason.QueueTimeout;
    }

    public void Dismiss(PolicyGate policy, ShedReason reason) => Run((ref WaiterChain decided) => Gate.Dismiss(policy, reason, Now, ref decided));

    public void SetLimit(int newLimit) => Run((ref WaiterChain decided) => Gate.SetLimit(newLimit, Now, ref decided));

    public void SetCeiling(int ceiling) => Run((ref WaiterChain decided) => Gate.SetCeiling(ceiling, Now, ref decided));

    public void Configure(PolicyGate policy, PolicySettings settings) => Run((ref WaiterChain decided) => Gate.Configure(policy, settings, Now, ref decided));

    public PolicyReading Read(PolicyGate policy) => Gate.Read().Policies[_policies.IndexOf(policy)];

    public double PressureOn(PolicyGate policy) => policy.Pressure(Gate.Load, Now);

    /// <summary>Completes whatever the call decided.</summary>
    private static T Run<T>(Call<T> call)
    {
        WaiterChain decided = default;
        T result = call(ref decided);
        decided.CompleteAll();
        return result;
    }

    private static void Run(Act act)
    {
        WaiterChain decided = default;
        act(ref decided);
        decided.CompleteAll();
    }
}
