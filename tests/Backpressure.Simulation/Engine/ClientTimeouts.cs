namespace Backpressure.Simulation.Engine;

/// <summary>Ends the patience of clients. All are equally patient, so their time is over in the order in which they began.</summary>
internal sealed class ClientTimeouts : EventSource
{
    private readonly Clients _clients;
    private readonly long _timeout;
    private readonly long _end;
    private readonly Ring<(Request Request, int Use, long At)> _waits = new();

    /// <param name="clients">Whom it tells.</param>
    /// <param name="timeout">How long they wait.</param>
    /// <param name="end">When the run ends; what would be later need not be remembered.</param>
    public ClientTimeouts(Clients clients, long timeout, long end)
    {
        _clients = clients;
        _timeout = timeout;
        _end = end;
    }

    public void Add(Request request, long now)
    {
        if (now <= _end - _timeout)
        {
            _waits.Add((request, request.Use, now + _timeout));
            Due = _waits.First.At;
        }
    }

    public override void Fire(long now)
    {
        (Request request, int use, _) = _waits.Take();
        while (_waits.Count > 0 && _waits.First.Request.Use != _waits.First.Use)
        {
            _waits.Take(); // answered
        }

        Due = _waits.Count == 0 ? Never : _waits.First.At;
        if (request.Use == use)
        {
            _clients.GiveUp(request, now);
        }
    }
}
