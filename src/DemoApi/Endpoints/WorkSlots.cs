namespace DemoApi.Endpoints;

/// <summary>The semaphores that <c>/work?slots=n</c> shares: one per n, each a service with n places of its own.</summary>
internal sealed class WorkSlots : IDisposable
{
    /// <summary>How many different n are kept; who asks for ever new ones must not fill the memory.</summary>
    public const int MaximumSizes = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, SemaphoreSlim> _bySize = []; // guarded by _lock

    /// <summary>The semaphore of <paramref name="size"/> places; <see langword="null"/> when there are too many others.</summary>
    public SemaphoreSlim? For(int size)
    {
        lock (_lock)
        {
            if (_bySize.TryGetValue(size, out SemaphoreSlim? slots))
            {
                return slots;
            }

            if (_bySize.Count == MaximumSizes)
            {
                return null;
            }

            slots = new SemaphoreSlim(size, size);
            _bySize.Add(size, slots);
            return slots;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (SemaphoreSlim slots in _bySize.Values)
            {
                slots.Dispose();
            }
        }
    }
}
