using System.Runtime.CompilerServices;

namespace Backpressure.Benchmarks;

/// <summary>Suspends a handler until the measurement lets it go on, on the same thread.</summary>
internal sealed class Suspension : INotifyCompletion
{
    private Action? _continuation;

    public bool IsCompleted => false;

    public Suspension GetAwaiter() => this;

    public void OnCompleted(Action continuation) => _continuation = continuation;

    public void GetResult()
    {
        // nothing to hand over
    }

    public void Resume()
    {
        Action continuation = _continuation ?? throw new InvalidOperationException("Nobody is suspended.");
        _continuation = null;
        continuation();
    }
}
