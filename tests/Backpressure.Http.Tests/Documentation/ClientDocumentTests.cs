using System.Diagnostics.Metrics;
using System.Globalization;
using System.Reflection;
using Backpressure.Http.DependencyInjection;
using Backpressure.Http.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Backpressure.Http.Tests.Documentation;

/// <summary>Holds the tables of docs/client.md against the code.</summary>
public sealed class ClientDocumentTests
{
    private static readonly string Document = Repository.Read("docs/client.md");
    private static readonly List<string[]> Options = MarkdownTable.Rows(Document, "Option");

    [Fact]
    public void Every_option_stands_in_the_document_with_its_default_and_the_document_invents_none()
    {
        BackpressureHandlerOptions defaults = new();
        IEnumerable<string> coded = typeof(BackpressureHandlerOptions).GetProperties().Select(property => $"{property.Name} {Text(property.GetValue(defaults)!)}");

        Assert.Equal(coded.Order(), Options.Select(row => $"{MarkdownTable.Code(row[0])} {MarkdownTable.Code(row[1])}").Order());
    }

    [Fact]
    public void The_document_tells_the_rule_that_the_validator_holds()
    {
        foreach (string[] row in Options)
        {
            BackpressureHandlerOptions broken = new();
            PropertyInfo property = typeof(BackpressureHandlerOptions).GetProperty(MarkdownTable.Code(row[0]))!;
            object below = property.PropertyType == typeof(TimeSpan) ? TimeSpan.FromTicks(-1) : Convert.ChangeType(-1, property.PropertyType, CultureInfo.InvariantCulture);
            property.SetValue(broken, below);

            string told = string.Join('\n', new BackpressureHandlerOptionsValidator().Validate("orders", broken).Failures ?? []);

            Assert.Contains($"{property.Name} must be {row[2].Replace("`", "", StringComparison.Ordinal)}", told, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_instrument_stands_in_the_document_with_its_values_and_the_document_invents_none()
    {
        using ServiceProvider services = new ServiceCollection().AddHttpClient("orders").AddBackpressureHandler().Services.BuildServiceProvider();
        IMeterFactory factory = services.GetRequiredService<IMeterFactory>();
        SortedSet<string> published = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == BackpressureHttpMeter.Name && instrument.Meter.Scope == factory)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
            published.Add($"{instrument.Name} {instrument.GetType().Name.Split('`')[0]} {instrument.Unit} {tags[0].Key} {tags[0].Value}")); // pre-touched: every value is seen
        listener.Start();

        services.GetRequiredService<ClientMetrics>();

        IEnumerable<string> documented =
            from row in MarkdownTable.Rows(Document, "Instrument")
            from value in row[4].Split(',')
            select $"{MarkdownTable.Code(row[0])} {row[1]} {MarkdownTable.Code(row[2])} {MarkdownTable.Code(row[3])} {MarkdownTable.Code(value.Trim())}";
        Assert.Equal(published, documented.ToHashSet().Order(StringComparer.CurrentCulture));
    }

    private static string Text(object value) => value is TimeSpan span ? span.ToString("c") : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
