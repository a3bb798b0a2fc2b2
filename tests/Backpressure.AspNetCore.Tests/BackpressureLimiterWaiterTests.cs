using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests;

/// <summary>Who gives a permit back may complete a waiter before it has a task.</summary>
public sealed class BackpressureLimiterWaiterTests : IDisposable
{
    private readonly BackpressureLimiter _limiter = BackpressureLimiterTests.Fixed(1);
    private readonly List<BackpressureLease> _made = [];
    private readonly LimiterGate _gate;
    private readonly LimiterWaiter _waiter;

    public BackpressureLimiterWaiterTests()
    {
        _gate = new LimiterGate(new BackpressureLimiterOptions { Algorithm = LimitAlgorithm.Fixed, PermitLimit = 1, QueueLimit = 1 }, Make, TimeProvider.System);
        _waiter = new LimiterWaiter(_gate, new PolicyGate("any", new PolicySettings(), retries: null), CancellationToken.None) { Cost = 1 };
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_task_brings_the_one_lease_that_was_made_whichever_came_first(bool completedFirst)
    {
        _waiter.Outcome = Outcome.Granted;
        Task<RateLimitLease>? asked = completedFirst ? null : _waiter.WaitAsync();

        _waiter.Complete();
        asked ??= _waiter.WaitAsync();

        Assert.Same(Assert.Single(_made), BackpressureLimiterContract.Completed(asked));
    }

    public void Dispose()
    {
        _gate.Dispose();
        _limiter.Dispose();
    }

    private BackpressureLease Make(int permits, ShedReason? refusal)
    {
        BackpressureLease lease = new(_limiter, permits, TimeSpan.Zero);
        _made.Add(lease);
        return lease;
    }
}
