using System.Diagnostics.Metrics;
using Backpressure.AspNetCore.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.AspNetCore.Tests.Documentation;

/// <summary>Holds the tables of docs/metrics.md against the instruments themselves.</summary>
public sealed class MetricsDocumentTests
{
    private static readonly string Document = Repository.Read("docs/metrics.md");

    [Fact]
    public void Every_instrument_stands_in_the_document_with_its_kind_and_unit_and_the_document_invents_none()
    {
        using ServiceProvider services = new ServiceCollection().AddLogging().AddBackpressure().BuildServiceProvider();
        IMeterFactory factory = services.GetRequiredService<IMeterFactory>();
        List<string> published = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == BackpressureMeter.Name && instrument.Meter.Scope == factory)
            {
                published.Add($"{instrument.Name} {instrument.GetType().Name.Split('`')[0]} {instrument.Unit}");
            }
        };
        listener.Start();

        services.GetRequiredService<BackpressureMetrics>();
        services.GetRequiredService<TimerMetrics>();

        IEnumerable<string> documented = MarkdownTable.Rows(Document, "Instrument")
            .Select(row => $"{MarkdownTable.Code(row[0])} {row[1]} {MarkdownTable.Code(row[2])}");
        Assert.Equal(published.Order(), documented.Order());
    }

    [Fact]
    public void Every_result_stands_in_the_document_and_the_document_invents_none()
    {
        IEnumerable<string> documented = MarkdownTable.Rows(Document, $"`{BackpressureMetrics.ResultTag}`").Select(row => MarkdownTable.Code(row[0]));

        Assert.Equal(ResultText.All.Order(), documented.Order());
    }

    [Fact]
    public void Every_reason_to_move_a_limit_stands_in_the_document_and_the_document_invents_none()
    {
        IEnumerable<string> documented = MarkdownTable.Rows(Document, $"`{BackpressureMetrics.ReasonTag}`").Select(row => MarkdownTable.Code(row[0]));

        Assert.Equal(LimitReasonText.All.Select(LimitReasonText.Of).Order(), documented.Order());
    }

    [Theory]
    [InlineData(BackpressureMetrics.PolicyTag)]
    [InlineData(BackpressureMetrics.PhaseTag)]
    [InlineData(BackpressureMetrics.OutcomeTag)]
    [InlineData(BackpressureMetrics.DecisionTag)]
    [InlineData(BackpressureMetrics.TicketTag)]
    [InlineData(BackpressureMetrics.StageTag)]
    [InlineData(BackpressureMetrics.HeaderTag)]
    [InlineData(TimerMetrics.SchedulerTag)]
    public void Every_tag_stands_in_the_document(string tag)
    {
        Assert.Contains($"`{tag}`", Document, StringComparison.Ordinal);
    }
}
