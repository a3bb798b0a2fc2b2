namespace Backpressure.Simulation.Engine;

/// <summary>Somebody else's time: every job takes as long as it takes, however many there are.</summary>
internal sealed class DelayStation : Station
{
    private readonly JobHeap _jobs = new(); // by their end

    public DelayStation(Server server)
        : base(server)
    {
    }

    public override void Enter(Request job, double demand, long now)
    {
        _jobs.Push(now + demand, job);
        Due = TickOf(_jobs.SmallestKey, now);
    }

    public override void Fire(long now)
    {
        Request done = _jobs.Pop();
        Due = _jobs.Count == 0 ? Never : TickOf(_jobs.SmallestKey, now);
        Done(done, now);
    }
}
