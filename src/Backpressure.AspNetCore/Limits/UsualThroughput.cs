namespace Backpressure.AspNetCore.Limits;

/// <summary>What the server does under the present limit, and whether it still does what it did before.</summary>
internal sealed class UsualThroughput
{
    private readonly Dispersion _dispersion = new();
    private readonly ChangeWatch _watch = new();
    private ThroughputPoint? _usual; // of late, whatever the limit was
    private double _doneBefore; // by the server that it was before, per second
    private bool _isAtLeast; // it can do the usual, and nobody asked it for more

    /// <summary>Under the present limit; <see langword="null"/> before a window ended.</summary>
    public ThroughputPoint? Present { get; private set; }

    /// <summary>As measured between windows.</summary>
    public double MeasuredDispersion => _dispersion.Value;

    /// <summary>Of late, per second; 0 for "nobody knows".</summary>
    public double Done => _usual?.Done ?? 0;

    /// <summary>Whether the server is another one than before, for a reason that nobody knows yet, or probably does less.</summary>
    public bool SeemsLower => _doneBefore > 0 || _watch.IsSuspicious;

    /// <summary>The dispersion of counts: as measured between windows, or what the times let expect if that is more.</summary>
    public double DispersionFor(ServiceTimes times) => Math.Max(_dispersion.Value, times.Spread);

    /// <summary>A window ended in which the limit held requests back.</summary>
    /// <returns>Whether the server is still the same.</returns>
    public bool Add(ThroughputPoint point, double length, ServiceTimes times)
    {
        _dispersion.Add(point.Rate, length);
        ThroughputPoint usual = _usual is not { } known || (_isAtLeast && point.Done > known.Done) ? point : known;
        _isAtLeast = false;
        if (_watch.IsChange(usual, point, DispersionFor(times)))
        {
            Forget(usual.Done);
            return false;
        }

        _usual = usual.With(point);
        Present = Present?.With(point) ?? point;
        return true;
    }

    /// <summary>A window ended in which the limit held nobody back.</summary>
    /// <param name="point">What the server did; <see langword="null"/> where that tells nothing.</param>
    /// <param name="wasHeld">Whether the limit did at times: then it was not for lack of requests that less was done.</param>
    public void NoteFree(ThroughputPoint? point, bool wasHeld)
    {
        Present = null;
        if (point is { } free && !(wasHeld && free.Done < _usual?.Done))
        {
            (_usual, _isAtLeast) = (free, true);
        }

        _watch.Begin();
    }

    /// <summary>Another limit is set.</summary>
    public void BeginAnew()
    {
        Present = null;
        _watch.Begin();
        _dispersion.Interrupt();
    }

    /// <summary>What the server should do under the limit that comes; <see langword="null"/> for "nobody knows".</summary>
    public void Expect(ThroughputPoint? point) => (_usual, _isAtLeast) = (point, false);

    /// <summary>The server is another one now.</summary>
    /// <param name="doneBefore">What it did before, per second.</param>
    public void Forget(double doneBefore)
    {
        BeginAnew();
        _usual = null;
        _doneBefore = doneBefore;
    }

    /// <summary>How many times as much the server did before. Asked once: what comes next is the new server.</summary>
    public double TakeShortfall(ThroughputPoint point)
    {
        double before = _doneBefore > 0 ? _doneBefore : _usual?.Done ?? 0;
        _doneBefore = 0;
        return before / point.Done;
    }
}
