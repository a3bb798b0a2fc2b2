namespace Backpressure.Simulation.Engine;

/// <summary>Goodput and 99th percentile second by second, from the start, for pictures.</summary>
internal sealed class Timeline
{
    private readonly List<double> _goodput = [];
    private readonly List<double> _p99Ms = [];
    private Percentiles _times = new();
    private long _answers;

    /// <summary>Requests answered in time in each full second so far.</summary>
    public IReadOnlyList<double> Goodput => _goodput;

    /// <summary>Of the attempts that ran to their end in each second; NaN for none.</summary>
    public IReadOnlyList<double> P99Ms => _p99Ms;

    public void Good(long now)
    {
        CatchUp(now);
        _answers++;
    }

    public void Ended(long took, long now)
    {
        CatchUp(now);
        _times.Add(took);
    }

    /// <summary>Ends the seconds that are over.</summary>
    public void CatchUp(long now)
    {
        while ((_goodput.Count + 1) * TimeSpan.TicksPerSecond <= now)
        {
            _goodput.Add(_answers);
            _p99Ms.Add(_times.At(0.99) / TimeSpan.TicksPerMillisecond);
            _answers = 0;
            _times = _times.Count == 0 ? _times : new Percentiles();
        }
    }
}
