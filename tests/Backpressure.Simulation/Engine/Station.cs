namespace Backpressure.Simulation.Engine;

/// <summary>A place where jobs are worked on, and which says when the next one is done.</summary>
internal abstract class Station : EventSource
{
    private readonly Server _server;

    protected Station(Server server) => _server = server;

    /// <summary>Brings a job.</summary>
    /// <param name="job">Whose it is.</param>
    /// <param name="demand">The ticks of a server that it needs.</param>
    /// <param name="now">The time.</param>
    public abstract void Enter(Request job, double demand, long now);

    /// <summary>Changes how many servers there are.</summary>
    public virtual void SetServers(int count, long now)
    {
    }

    protected void Done(Request job, long now) => _server.Advance(job, now);

    /// <summary>The nearest tick that is not before now.</summary>
    protected static long TickOf(double time, long now) => time >= Never ? Never : Math.Max(now, (long)(time + 0.5));
}
