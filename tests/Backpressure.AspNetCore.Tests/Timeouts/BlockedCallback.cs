namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Is a callback that does not end before the test says so.</summary>
internal sealed class BlockedCallback : IDisposable
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _released = new();

    public Task Begun => _begun.Task;

    public bool HasEnded { get; private set; }

    public void Callback(object? state)
    {
        _begun.TrySetResult();
        _released.Wait(RealTime.Patience);
        HasEnded = true;
    }

    public void Release() => _released.Set();

    public void Dispose() => _released.Dispose();
}
