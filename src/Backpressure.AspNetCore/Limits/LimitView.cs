namespace Backpressure.AspNetCore.Limits;

/// <summary>What is to be judged: a window that just ended.</summary>
internal readonly struct LimitView
{
    private readonly ThroughputWindow _window;

    public LimitView(double now, double limit, LimitPhase phase, ServiceTimes times, ThroughputWindow window)
    {
        Now = now;
        Limit = limit;
        Phase = phase;
        Times = times;
        _window = window;
    }

    public double Now { get; }

    public double Limit { get; }

    /// <summary>The limit as the gate knows it.</summary>
    public int Permits => (int)(Limit + 1e-9);

    /// <summary>The highest limit that there may be.</summary>
    public double Highest { get; init; } = double.MaxValue;

    /// <summary>Where a dip goes.</summary>
    public int Half => (Permits + 1) / 2;

    public LimitPhase Phase { get; }

    public ServiceTimes Times { get; }

    /// <summary>In seconds.</summary>
    public double Length => Now - _window.Start;

    /// <summary>Whether nothing came for a good part of it.</summary>
    public bool HasPause { get; init; }

    /// <summary>Whether somebody had to wait, or was refused.</summary>
    public bool WasHeld => _window.Held > 0;

    public bool Sheds => _window.Shed > 0;

    public ThroughputPoint Point => _window.Read(Now);
}
