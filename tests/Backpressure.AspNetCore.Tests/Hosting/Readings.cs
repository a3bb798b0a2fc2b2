using System.Diagnostics.Metrics;
using System.Numerics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace Backpressure.AspNetCore.Tests.Hosting;

/// <summary>What one instrument of one application reported.</summary>
internal sealed class Readings<T> : IDisposable
    where T : struct, INumber<T>
{
    private readonly MetricCollector<T> _collector;

    public Readings(IServiceProvider services, string instrument, string meter = BackpressureMeter.Name) =>
        _collector = new MetricCollector<T>(services.GetRequiredService<IMeterFactory>(), meter, instrument);

    public IReadOnlyList<CollectedMeasurement<T>> All => _collector.GetMeasurementSnapshot();

    /// <summary>Reads the levels anew, as a scrape does.</summary>
    public Readings<T> Scrape()
    {
        _collector.Clear();
        _collector.RecordObservableInstruments();
        return this;
    }

    /// <summary>The measurements that carry all these tag values.</summary>
    public IEnumerable<T> With(params string[] tagValues) => All.Where(measured => tagValues.All(value => measured.Tags.Values.Contains(value))).Select(measured => measured.Value);

    /// <summary>What they add up to.</summary>
    public T Sum(params string[] tagValues) => With(tagValues).Aggregate(T.Zero, static (sum, value) => sum + value);

    public void Dispose() => _collector.Dispose();
}
