using System.Diagnostics.Metrics;
using Backpressure.Http.Telemetry;
using Backpressure.Http.Tests.Fakes;

namespace Backpressure.Http.Tests.Telemetry;

public class ClientMetricsTests
{
    [Fact]
    public void Every_series_stands_at_zero_before_its_first_event()
    {
        using var client = new TestClient(ScriptedServer.Answering(System.Net.HttpStatusCode.OK));

        Assert.Equal(
            ["success", "failure", "refused", "timed_out", "canceled"],
            client.Requests.GetMeasurementSnapshot().Select(m => (string)m.Tags["backpressure.client.result"]!));
        Assert.Equal(
            ["sent", "over_budget", "throttled", "nested", "no_time", "no_attempts", "refused_by_server", "not_replayable"],
            client.Retries.GetMeasurementSnapshot().Select(m => (string)m.Tags["backpressure.retry.decision"]!));
        Assert.All(client.Requests.GetMeasurementSnapshot().Concat(client.Retries.GetMeasurementSnapshot()), m => Assert.Equal(0, m.Value));
    }

    [Fact]
    public void The_instruments_are_counters_of_requests_on_a_meter_without_a_version()
    {
        using var client = new TestClient(ScriptedServer.Answering(System.Net.HttpStatusCode.OK));

        foreach (Instrument instrument in new[] { client.Requests.Instrument!, client.Retries.Instrument! })
        {
            Assert.IsType<Counter<long>>(instrument);
            Assert.Equal("{request}", instrument.Unit);
            Assert.Equal("Backpressure.Http", instrument.Meter.Name);
            Assert.Null(instrument.Meter.Version);
        }
    }

    [Fact]
    public void Every_result_and_every_decision_has_a_text_of_its_own()
    {
        string[] results = [.. Enum.GetValues<CallResult>().Select(ClientMetrics.Text)];
        string[] decisions = [.. Enum.GetValues<RetryDecision>().Select(ClientMetrics.Text)];

        Assert.Equal(results, results.Distinct());
        Assert.Equal(decisions, decisions.Distinct());
        Assert.All(results.Concat(decisions), text => Assert.Matches("^[a-z]+(_[a-z]+)*$", text));
    }
}
