namespace Backpressure.Simulation.Engine;

/// <summary>Servers that work on one job each, in the order in which they came. A server that is lost ends its job first.</summary>
internal sealed class QueueStation : Station
{
    private readonly JobHeap _running = new(); // by their end
    private readonly Ring<(Request Job, double Demand)> _waiting = new();
    private int _servers;

    public QueueStation(Server server, int servers)
        : base(server) => _servers = servers;

    public override void Enter(Request job, double demand, long now)
    {
        _waiting.Add((job, demand));
        Plan(now);
    }

    public override void SetServers(int count, long now)
    {
        _servers = count;
        Plan(now);
    }

    public override void Fire(long now)
    {
        Request done = _running.Pop();
        Plan(now);
        Done(done, now);
    }

    private void Plan(long now)
    {
        while (_running.Count < _servers && _waiting.Count > 0)
        {
            (Request job, double demand) = _waiting.Take();
            _running.Push(now + demand, job);
        }

        Due = _running.Count == 0 ? Never : TickOf(_running.SmallestKey, now);
    }
}
