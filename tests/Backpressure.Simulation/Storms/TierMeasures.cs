namespace Backpressure.Simulation.Storms;

/// <summary>What is counted at the servers of a tier.</summary>
internal sealed class TierMeasures
{
    private readonly int[] _arrivals; // by second
    private readonly int[] _served; // likewise
    private readonly int[] _answered; // likewise

    public TierMeasures(double seconds)
    {
        int length = (int)Math.Ceiling(seconds);
        _arrivals = new int[length];
        _served = new int[length];
        _answered = new int[length];
    }

    /// <summary>Attempts that came in each second.</summary>
    public IReadOnlyList<int> Arrivals => _arrivals;

    /// <summary>Attempts that were served to their end in each second, whether or not somebody still waited.</summary>
    public IReadOnlyList<int> Served => _served;

    /// <summary>Those of them whose clients still waited.</summary>
    public IReadOnlyList<int> Answered => _answered;

    /// <summary>Attempts that came.</summary>
    public long Attempts => FirstAttempts + Retries;

    public long FirstAttempts { get; private set; }

    public long Retries { get; private set; }

    /// <summary>Those of the retries that were sent in the course of a request that is a retry itself.</summary>
    public long NestedRetries { get; private set; }

    /// <summary>Attempts that were refused.</summary>
    public long Refused { get; private set; }

    /// <summary>Refusals that said that a retry is welcome.</summary>
    public long Tickets { get; private set; }

    /// <summary>When retries came, in ticks.</summary>
    public List<long> ReturnTimes { get; } = [];

    public void Arrived(int attempt, long now)
    {
        _arrivals[now / TimeSpan.TicksPerSecond]++;
        if (attempt == 1)
        {
            FirstAttempts++;
        }
        else
        {
            Retries++;
            ReturnTimes.Add(now);
        }
    }

    public void WasNested() => NestedRetries++;

    public void WasServed(bool inTime, long now)
    {
        _served[now / TimeSpan.TicksPerSecond]++;
        _answered[now / TimeSpan.TicksPerSecond] += inTime ? 1 : 0;
    }

    public void WasRefused(bool hasTicket)
    {
        Refused++;
        Tickets += hasTicket ? 1 : 0;
    }
}
