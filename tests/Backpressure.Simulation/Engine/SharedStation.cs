namespace Backpressure.Simulation.Engine;

/// <summary>Processors: n jobs on c of them get min(1, c/n) each, and all of them less when the station thrashes.</summary>
/// <remarks>All jobs advance at the same pace, so one clock of attained service tells when each is done: a job ends when that clock has moved by what it needs. That makes an event O(log n).</remarks>
internal sealed class SharedStation : Station
{
    private readonly JobHeap _jobs = new(); // by where the clock of attained service ends them
    private readonly double _thrashAbove;
    private readonly double _thrashFactor;
    private int _servers;
    private double _attained; // ticks of service that a job has got that was there since the station last was empty
    private double _pace; // attained per tick
    private long _last;

    public SharedStation(Server server, int servers, double? thrashAbove, double thrashFactor)
        : base(server)
    {
        _servers = servers;
        _thrashAbove = thrashAbove ?? double.PositiveInfinity;
        _thrashFactor = thrashFactor;
    }

    /// <summary>Ticks of processors that were busy so far, as of the last call.</summary>
    public double Busy { get; private set; }

    /// <summary>Ticks of processors that there were so far.</summary>
    public double Available { get; private set; }

    public override void Enter(Request job, double demand, long now)
    {
        CatchUp(now);
        _jobs.Push(_attained + demand, job);
        Plan(now);
    }

    public override void SetServers(int count, long now)
    {
        CatchUp(now);
        _servers = count;
        Plan(now);
    }

    public override void Fire(long now)
    {
        CatchUp(now);
        _attained = _jobs.SmallestKey; // to the tick the same; so no rounding can keep a job for ever
        Request done = _jobs.Pop();
        Plan(now);
        Done(done, now);
    }

    /// <summary>Brings everything up to now.</summary>
    public void CatchUp(long now)
    {
        double span = now - _last;
        _last = now;
        _attained = _jobs.Count == 0 ? 0 : _attained + (span * _pace);
        Busy += span * Math.Min(_jobs.Count, _servers);
        Available += span * _servers;
    }

    private void Plan(long now)
    {
        int jobs = _jobs.Count;
        if (jobs == 0 || _servers == 0)
        {
            _pace = 0;
            Due = Never;
            return;
        }

        _pace = Math.Min(1, (double)_servers / jobs);
        if (jobs > _thrashAbove)
        {
            _pace /= 1 + (_thrashFactor * (jobs - _thrashAbove));
        }

        Due = TickOf(now + ((_jobs.SmallestKey - _attained) / _pace), now);
    }
}
