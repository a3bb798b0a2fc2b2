namespace Backpressure.Simulation.Engine;

/// <summary>Ends the waits at the gate that have lasted as long as they may. All may last equally long, so they end in the order in which they began.</summary>
internal sealed class WaitEnds : EventSource
{
    private readonly Server _server;
    private readonly Ring<(Request Request, int Use, long At)> _waits = new();

    public WaitEnds(Server server) => _server = server;

    public void Add(Request request)
    {
        if (request.ExpiresAt == TimeSpan.MaxValue)
        {
            return;
        }

        _waits.Add((request, request.Use, request.ExpiresAt.Ticks));
        Due = _waits.First.At;
    }

    public override void Fire(long now)
    {
        (Request request, int use, _) = _waits.Take();
        while (_waits.Count > 0 && _waits.First.Request.Use != _waits.First.Use)
        {
            _waits.Take(); // over long ago
        }

        Due = _waits.Count == 0 ? Never : _waits.First.At;
        if (request.Use == use)
        {
            _server.WaitEnded(request, now); // the gate knows whether it waits still
        }
    }
}
