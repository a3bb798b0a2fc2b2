using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Http;
using Backpressure.AspNetCore.Retries;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.Extensions.Time.Testing;

namespace Backpressure.AspNetCore.Tests.Http;

public sealed class QueuedRequestTests
{
    private readonly AdmissionGate _gate = new(1);

    [Fact]
    public async Task A_clock_that_fails_costs_neither_a_place_nor_a_permit()
    {
        PolicyGate policy = _gate.AddPolicy("default", 1, 1, new RetryAllowance(new RetryBudgetOptions()));
        Assert.True(_gate.TryEnter(policy, 1, false, TimeSpan.Zero));
        QueuedRequest request = new(policy, _gate, new TimeoutClock(new BrokenClock())) { ExpiresAt = TimeSpan.FromSeconds(1) };

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await request.WaitAsync(TimeSpan.Zero, CancellationToken.None));

        Assert.Equal(0, _gate.Read().Policies[0].Queued);
        WaiterChain decided = default;
        _gate.Leave(policy, 1, TimeSpan.Zero, ref decided);
        decided.CompleteAll();
        PolicyReading reading = _gate.Read().Policies[0];
        Assert.Equal((0, 2L, 1L, 1L), (reading.InUse, reading.Arrivals, reading.Admitted, reading.Cancelled));
    }

    private sealed class BrokenClock : FakeTimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => throw new InvalidOperationException("no timers left");
    }
}
