using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Engine;

/// <summary>Chooses the server for each attempt.</summary>
internal sealed class Balancer
{
    private readonly Server[] _servers;
    private readonly BalanceKind _kind;
    private int _next;

    public Balancer(Server[] servers, BalanceKind kind)
    {
        _servers = servers;
        _kind = kind;
    }

    public Server Choose()
    {
        int chosen = _next;
        for (int i = 1; i < _servers.Length && _kind == BalanceKind.LeastBusy; i++)
        {
            int other = (_next + i) % _servers.Length;
            chosen = _servers[other].Load < _servers[chosen].Load ? other : chosen;
        }

        _next = chosen + 1 == _servers.Length ? 0 : chosen + 1;
        return _servers[chosen];
    }
}
