namespace Backpressure.AspNetCore;

/// <summary>The bounded queue in front of the limit.</summary>
/// <remarks>On a named policy, members that are not set there are those of the default policy.</remarks>
public class QueueOptions
{
    private int? _capacity;
    private QueueOrder? _order;
    private TimeSpan? _maximumWait;
    private int? _maximumKeys;

    /// <summary>How many requests may wait; one more is refused at once, unless a less critical one makes place. 0 means that nothing waits.</summary>
    /// <value>From 0 to 1,000,000 requests. Default 100.</value>
    public int Capacity
    {
        get => _capacity ?? 100;
        set => _capacity = value;
    }

    /// <summary>Which waiting request of the same criticality runs next.</summary>
    /// <value>Default <see cref="QueueOrder.Adaptive"/>.</value>
    public QueueOrder Order
    {
        get => _order ?? QueueOrder.Adaptive;
        set => _order = value;
    }

    /// <summary>How long a request may wait before it is refused; its deadline may end the wait sooner.</summary>
    /// <value>From 1 ms to 1 day, or infinite (<c>-00:00:00.0010000</c>) for the deadline alone. Default 1 second.</value>
    public TimeSpan MaximumWait
    {
        get => _maximumWait ?? TimeSpan.FromSeconds(1);
        set => _maximumWait = value;
    }

    /// <summary>How many different fairness keys are told apart. Does not act in this version.</summary>
    /// <value>From 1 to 1,000,000. Default 10,000.</value>
    public int MaximumKeys
    {
        get => _maximumKeys ?? 10_000;
        set => _maximumKeys = value;
    }

    internal QueueOptions Over(QueueOptions inherited) => new()
    {
        _capacity = _capacity ?? inherited._capacity,
        _order = _order ?? inherited._order,
        _maximumWait = _maximumWait ?? inherited._maximumWait,
        _maximumKeys = _maximumKeys ?? inherited._maximumKeys,
    };
}
