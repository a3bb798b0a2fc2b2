using DemoApi.Tests.Load;

namespace DemoApi.Tests.Durability;

/// <summary>Ends a server in the middle of a flood: when enough was acknowledged and refused to prove something; and the flood when the server is gone.</summary>
internal sealed class EndInTheMiddle : IDisposable
{
    private const int Acknowledged = 40;
    private const int Refused = 5;
    private const int Unanswered = 20;

    private readonly Action _endServer;
    private readonly Dictionary<Bucket, int> _seen = Enum.GetValues<Bucket>().ToDictionary(bucket => bucket, _ => 0); // guarded by _lock
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _serverGone = new();
    private bool _isEnding; // guarded by _lock

    public EndInTheMiddle(Action endServer) => _endServer = endServer;

    /// <summary>Cancelled when the server does not answer any more.</summary>
    public CancellationToken ServerGone => _serverGone.Token;

    /// <summary>Takes note of what became of a request.</summary>
    public void Note(Exchange exchange)
    {
        bool ends = false;
        bool gone;
        lock (_lock)
        {
            _seen[exchange.Bucket]++;
            if (!_isEnding && _seen[Bucket.Served] >= Acknowledged && _seen[Bucket.Refused] >= Refused)
            {
                ends = _isEnding = true;
            }

            gone = _isEnding && _seen[Bucket.ConnectionError] >= Unanswered;
        }

        if (ends)
        {
            _endServer();
        }

        if (gone)
        {
            _serverGone.Cancel();
        }
    }

    public void Dispose() => _serverGone.Dispose();
}
