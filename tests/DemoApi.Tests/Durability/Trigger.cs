using DemoApi.Tests.Load;

namespace DemoApi.Tests.Durability;

/// <summary>Acts once, as soon as enough writes were acknowledged and enough were refused for what comes then to prove something.</summary>
internal sealed class Trigger
{
    private const int Acknowledged = 60;
    private const int Refused = 10;

    private readonly Action _act;
    private readonly Dictionary<Bucket, int> _seen = Enum.GetValues<Bucket>().ToDictionary(bucket => bucket, _ => 0); // guarded by _lock
    private readonly Lock _lock = new();
    private bool _hasActed; // guarded by _lock

    public Trigger(Action act) => _act = act;

    public bool HasActed
    {
        get
        {
            lock (_lock)
            {
                return _hasActed;
            }
        }
    }

    public void Note(Exchange exchange)
    {
        lock (_lock)
        {
            _seen[exchange.Bucket]++;
            if (_hasActed || _seen[Bucket.Served] < Acknowledged || _seen[Bucket.Refused] < Refused)
            {
                return;
            }

            _hasActed = true;
        }

        _act();
    }
}
