using Backpressure.AspNetCore;

namespace DemoApi.Tests.Flood;

/// <summary>Holds the counter of requests, by result, against the gate's own counts.</summary>
internal static class MeterAgreement
{
    private const string Requests = "backpressure.requests";

    public static void Assert(FloodOutcome outcome)
    {
        BackpressurePolicySnapshot gate = outcome.After;
        Dictionary<string, long> expected = new()
        {
            ["default"] = gate.Arrivals,
            ["admitted"] = gate.Admitted,
            ["request_canceled"] = gate.Cancelled,
            ["rejected_queue_full"] = gate.ShedByReason[ShedReason.QueueFull],
            ["rejected_queue_timeout"] = gate.ShedByReason[ShedReason.QueueTimeout],
            ["rejected_deadline_infeasible"] = gate.ShedByReason[ShedReason.DeadlineInfeasible],
            ["rejected_retry_budget"] = gate.ShedByReason[ShedReason.RetryBudget],
            ["rejected_displaced"] = gate.ShedByReason[ShedReason.Displaced],
            ["rejected_draining"] = gate.ShedByReason[ShedReason.Draining],
        };
        Dictionary<string, long> counted = expected.Keys.ToDictionary(tag => tag, tag => outcome.Counters.GetValueOrDefault((Requests, tag)));
        Xunit.Assert.Equal(expected, counted);
    }
}
