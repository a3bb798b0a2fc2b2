namespace Backpressure.AspNetCore.Admission;

/// <summary>The waiters of one policy, a lane for each criticality. Guarded by the gate's lock; the count may be read without it.</summary>
internal sealed class Lanes
{
    /// <summary>One above the highest lane.</summary>
    public const int End = 3;

    private readonly WaiterQueue[] _lanes = [new(), new(), new()];
    private int _count; // written under the lock

    public int Count => Volatile.Read(ref _count);

    /// <summary>The places that all waiters take together.</summary>
    public int Places { get; private set; }

    public WaiterQueue this[int lane] => _lanes[lane];

    /// <summary>The lane of a criticality: 0 is the first to be refused.</summary>
    public static int Of(Criticality criticality) => (int)criticality + 1;

    /// <summary>The highest lane in which somebody waits; -1 if nobody does.</summary>
    public int Highest
    {
        get
        {
            int lane = End - 1;
            while (lane >= 0 && _lanes[lane].Count == 0)
            {
                lane--;
            }

            return lane;
        }
    }

    /// <summary>The lowest lane in which somebody waits; <see cref="End"/> if nobody does.</summary>
    public int Lowest
    {
        get
        {
            int lane = 0;
            while (lane < End && _lanes[lane].Count == 0)
            {
                lane++;
            }

            return lane;
        }
    }

    /// <summary>Who waits longest, whatever the lane.</summary>
    public Waiter? Oldest
    {
        get
        {
            Waiter? oldest = null;
            foreach (WaiterQueue lane in _lanes)
            {
                oldest = lane.First is { } first && (oldest is null || first.ArrivalNumber < oldest.ArrivalNumber) ? first : oldest;
            }

            return oldest;
        }
    }

    public void Append(Waiter waiter)
    {
        _lanes[waiter.Lane].Append(waiter);
        Places += waiter.Places;
        Volatile.Write(ref _count, _count + 1);
    }

    public void Remove(Waiter waiter)
    {
        _lanes[waiter.Lane].Remove(waiter);
        Places -= waiter.Places;
        Volatile.Write(ref _count, _count - 1);
    }
}
