namespace Backpressure.Simulation.Engine;

/// <summary>What is measured at the server.</summary>
internal sealed class ServerMeasures
{
    private readonly long _from;
    private readonly Timeline? _timeline;

    /// <param name="warmup">From when on, in ticks.</param>
    /// <param name="limit">The limit to begin with.</param>
    /// <param name="timeline">What is to know of it second by second.</param>
    public ServerMeasures(long warmup, int limit, Timeline? timeline)
    {
        _timeline = timeline;
        SettledLimit = new Level(limit);
        _from = warmup;
        Limit = new Level(limit);
    }

    public Level Limit { get; }

    /// <summary>The limit without looks around.</summary>
    public Level SettledLimit { get; }

    public Level InFlight { get; } = new(0);

    /// <summary>From the arrival of each attempt that ran to its end, to that end.</summary>
    public Percentiles Latencies { get; } = new();

    /// <summary>Attempts that arrived after the warm-up.</summary>
    public long Arrivals { get; private set; }

    /// <summary>Attempts that were refused after the warm-up.</summary>
    public long Sheds { get; private set; }

    /// <summary>Attempts that ended in an error after the warm-up.</summary>
    public long Failures { get; private set; }

    /// <summary>Attempts that were refused at all.</summary>
    public long AllSheds { get; private set; }

    public void Arrived(long now) => Arrivals += now >= _from ? 1 : 0;

    public void Shed(long now)
    {
        AllSheds++;
        Sheds += now >= _from ? 1 : 0;
    }

    public void Granted(int inFlight, long now) => InFlight.Set(inFlight, now);

    public void Ended(Request request, int inFlight, long now)
    {
        InFlight.Set(inFlight, now);
        if (request.IsFailing)
        {
            Failures += now >= _from ? 1 : 0; // how long that took tells nothing
            return;
        }

        _timeline?.Ended(now - request.SentAt, now);
        if (now >= _from)
        {
            Latencies.Add(now - request.SentAt);
        }
    }

    public void Moved(int limit, long now) => Limit.Set(limit, now);

    public void Settled(int limit, long now)
    {
        if (limit != SettledLimit.Value)
        {
            SettledLimit.Set(limit, now);
        }
    }
}
