using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Retries;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>Drives a gate as the middleware does, on one thread with a clock of its own, and completes whatever each call decided.</summary>
internal sealed class GateDriver(int limit)
{
    private readonly List<TestWaiter> _completed = [];
    private readonly List<PolicyGate> _policies = [];

    public AdmissionGate Gate { get; } = new(limit);

    public TimeSpan Now { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>The waiters that were completed, in that order.</summary>
    public IReadOnlyList<TestWaiter> Completed => _completed;

    public PolicyGate AddPolicy(int? cap = null, int capacity = 100, double retryRatio = 0)
    {
        RetryAllowance retries = new(new RetryBudgetOptions { Ratio = retryRatio, MinimumPerSecond = 0, Window = TimeSpan.FromMinutes(10) });
        PolicyGate policy = Gate.AddPolicy($"policy {_policies.Count}", cap, capacity, retries);
        _policies.Add(policy);
        return policy;
    }

    public bool TryEnter(PolicyGate policy, int cost = 1, bool isRetry = false) => Gate.TryEnter(policy, cost, isRetry, Now);

    public TestWaiter Enqueue(PolicyGate policy, int cost = 1, int places = 1, bool isRetry = false, TimeSpan? expiresAt = null)
    {
        TestWaiter waiter = new(policy, _completed.Add)
        {
            Cost = cost,
            Places = places,
            IsRetry = isRetry,
            ExpiresAt = expiresAt ?? TimeSpan.MaxValue,
        };
        waiter.Answer = Gate.Enqueue(waiter, Now);
        return waiter;
    }

    public void Leave(PolicyGate policy, int cost = 1)
    {
        WaiterChain decided = default;
        Gate.Leave(policy, cost, Now, ref decided);
        decided.CompleteAll();
    }

    public bool Withdraw(TestWaiter waiter)
    {
        WaiterChain decided = default;
        bool withdrawn = Gate.Withdraw(waiter, Now, ref decided);
        decided.CompleteAll();
        return withdrawn;
    }

    public bool Expire(TestWaiter waiter)
    {
        WaiterChain decided = default;
        bool expired = Gate.Expire(waiter, Now, ref decided);
        decided.CompleteAll();
        return expired;
    }

    public void Dismiss(PolicyGate policy, ShedReason reason)
    {
        WaiterChain decided = default;
        Gate.Dismiss(policy, reason, Now, ref decided);
        decided.CompleteAll();
    }

    public int InUse => Gate.Read().InUse;

    public PolicyReading Read(PolicyGate policy) => Gate.Read().Policies[_policies.IndexOf(policy)];
}
