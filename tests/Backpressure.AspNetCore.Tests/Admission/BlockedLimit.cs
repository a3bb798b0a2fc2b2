using Backpressure.AspNetCore.Admission;

namespace Backpressure.AspNetCore.Tests.Admission;

/// <summary>A limit that is full, and whose first move takes until it is let go.</summary>
internal sealed class BlockedLimit : ISteered, IDisposable
{
    private volatile bool _wasMoved;

    public ManualResetEventSlim Moving { get; } = new();

    public ManualResetEventSlim GoOn { get; } = new();

    public bool WasMoved => _wasMoved;

    public int InUse => 100;

    public int? LeftOver(int cost) => 0;

    public void SetLimit(int limit, TimeSpan now, ref WaiterChain decided)
    {
        if (!_wasMoved)
        {
            _wasMoved = true;
            Moving.Set();
            GoOn.Wait(TimeSpan.FromSeconds(60));
        }
    }

    public void Dispose()
    {
        Moving.Dispose();
        GoOn.Dispose();
    }
}
