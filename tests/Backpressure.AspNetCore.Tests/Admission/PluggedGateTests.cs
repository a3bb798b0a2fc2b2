using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Retries;

namespace Backpressure.AspNetCore.Tests.Admission;

public sealed class PluggedGateTests : IDisposable
{
    private static readonly TimeSpan Now = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions { PermitLimit = 1 });
    private readonly PluggedGate _gate;

    public PluggedGateTests() => _gate = new PluggedGate("reports", _limiter, new RetryAllowance(new RetryBudgetOptions()));

    public void Dispose() => _limiter.Dispose();

    [Fact]
    public void It_knows_its_name_and_that_a_limiter_tells_neither_limit_nor_capacity()
    {
        PolicyReading reading = _gate.Read();

        Assert.Equal(("reports", null, null), (reading.Name, reading.Cap, reading.QueueCapacity));
    }

    [Fact]
    public void Who_is_admitted_at_once_holds_until_it_leaves()
    {
        _gate.Admit();
        Assert.Equal((1, 1, 1), (_gate.Read().Arrivals, _gate.Read().Admitted, _gate.Read().InUse));

        _gate.Leave();

        Assert.Equal((1, 1, 0), (_gate.Read().Arrivals, _gate.Read().Admitted, _gate.Read().InUse));
    }

    [Fact]
    public void Who_waits_has_arrived_and_is_queued()
    {
        _gate.BeginWait();

        Assert.Equal((1, 0, 1, 1), (_gate.Read().Arrivals, _gate.Read().Admitted, _gate.Read().Queued, _gate.Read().PlacesTaken));
    }

    [Theory]
    [InlineData(nameof(Outcome.Granted), 1, 0, 0, 1)]
    [InlineData(nameof(Outcome.Cancelled), 0, 1, 0, 0)]
    [InlineData(nameof(Outcome.Shed), 0, 0, 1, 0)]
    public void A_wait_ends_as_exactly_one_of_admitted_cancelled_and_shed(string outcome, long admitted, long cancelled, long shed, int inUse)
    {
        _gate.BeginWait();

        _gate.EndWait(Enum.Parse<Outcome>(outcome), ShedReason.QueueTimeout, Now);

        PolicyReading reading = _gate.Read();
        Assert.Equal((1, admitted, cancelled), (reading.Arrivals, reading.Admitted, reading.Cancelled));
        Assert.Equal((shed, shed), (reading.Shed.Sum(), reading.Shed[(int)ShedReason.QueueTimeout]));
        Assert.Equal((0, inUse), (reading.Queued, reading.InUse));
    }

    [Fact]
    public void A_refusal_is_an_arrival_that_was_shed()
    {
        _gate.Refuse(ShedReason.RetryBudget, Now);

        PolicyReading reading = _gate.Read();
        Assert.Equal((1, 1, Now), (reading.Arrivals, reading.Shed[(int)ShedReason.RetryBudget], reading.LastShedAt));
    }

    [Fact]
    public void It_presses_while_somebody_waits()
    {
        Assert.Equal(0, _gate.Pressure(Now));

        _gate.BeginWait();
        Assert.Equal(1, _gate.Pressure(Now));

        _gate.EndWait(Outcome.Granted, default, Now);
        Assert.Equal(0, _gate.Pressure(Now));
    }

    [Fact]
    public void It_presses_for_a_second_after_a_refusal()
    {
        _gate.Refuse(ShedReason.QueueFull, Now);

        Assert.Equal(1, _gate.Pressure(Now + Second - TimeSpan.FromTicks(1)));
        Assert.Equal(0, _gate.Pressure(Now + Second));
    }
}
