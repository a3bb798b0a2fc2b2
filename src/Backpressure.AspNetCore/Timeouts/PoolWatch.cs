namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Hears the readings of a probe, which outlives the host, until it is disposed (T10).</summary>
internal sealed class PoolWatch : IDisposable
{
    private readonly PoolProbe? _probe;
    private readonly Action<TimeSpan> _note;

    public PoolWatch(PoolProbe? probe, Action<TimeSpan> note)
    {
        _probe = probe;
        _note = note;
        if (probe is not null)
        {
            probe.Read += note;
        }
    }

    public void Dispose()
    {
        if (_probe is not null)
        {
            _probe.Read -= _note;
        }
    }
}
