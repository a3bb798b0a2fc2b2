using System.Diagnostics.Metrics;
using Backpressure.AspNetCore;
using Microsoft.Extensions.DependencyInjection;

namespace DemoApi.Tests.Flood;

/// <summary>Adds up what the counters of one application report, as an exporter does.</summary>
internal sealed class MeterTally : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<(string Instrument, string Tag), long> _sums = []; // guarded by _lock
    private readonly Lock _lock = new();

    /// <param name="services">Whose meters to listen to; other hosts of this process have meters of the same name.</param>
    public MeterTally(IServiceProvider services)
    {
        IMeterFactory factory = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == BackpressureMeter.Name && ReferenceEquals(instrument.Meter.Scope, factory))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument.Name, value, tags));
        _listener.Start();
    }

    /// <summary>The sum of a counter over one value of any of its tags.</summary>
    public long Sum(string instrument, string tag)
    {
        lock (_lock)
        {
            return _sums.GetValueOrDefault((instrument, tag));
        }
    }

    /// <summary>The sums by instrument and value of any of its tags, as they stand now.</summary>
    public IReadOnlyDictionary<(string Instrument, string Tag), long> Read()
    {
        lock (_lock)
        {
            return new Dictionary<(string, string), long>(_sums);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Add(string instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                (string, string) key = (instrument, tag.Value?.ToString() ?? "");
                _sums[key] = _sums.GetValueOrDefault(key) + value;
            }
        }
    }
}
