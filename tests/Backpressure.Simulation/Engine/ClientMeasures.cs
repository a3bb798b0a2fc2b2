namespace Backpressure.Simulation.Engine;

/// <summary>What is measured at the clients: logical requests.</summary>
internal sealed class ClientMeasures
{
    private readonly long _from;
    private readonly double[] _work;
    private readonly Timeline? _timeline;

    /// <param name="warmup">From when on, in ticks.</param>
    /// <param name="work">What a request of each class is worth.</param>
    /// <param name="timeline">What is to know of it second by second.</param>
    public ClientMeasures(long warmup, double[] work, Timeline? timeline)
    {
        _timeline = timeline;
        _from = warmup;
        _work = work;
    }

    public long Answers { get; private set; }

    public double Work { get; private set; }

    /// <summary>Attempts that lasted too long, from the first second on.</summary>
    public long Timeouts { get; private set; }

    /// <summary>Logical requests that began after the warm-up.</summary>
    public long Calls { get; private set; }

    public void Called(long now) => Calls += now >= _from ? 1 : 0;

    public void TimedOut() => Timeouts++;

    /// <summary>A logical request was answered in time.</summary>
    public void Good(int requestClass, long now)
    {
        _timeline?.Good(now);
        if (now >= _from)
        {
            Answers++;
            Work += _work[requestClass];
        }
    }
}
