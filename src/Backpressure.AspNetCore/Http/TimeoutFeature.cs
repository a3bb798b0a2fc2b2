using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Backpressure.AspNetCore.Http;

/// <summary>Is what a handler finds as <see cref="IHttpRequestTimeoutFeature"/>: for one request after the other as long as nobody asks for it, and for one request alone once somebody did.</summary>
/// <remarks>Work that outlives its request may keep the feature, and must not touch the next one. No collection of features tells who asks, but each casts what it hands out, and this cast asks here.</remarks>
internal sealed class TimeoutFeature : IDynamicInterfaceCastable
{
    private readonly object _lock = new();
    private Execution? _execution; // guarded by _lock
    private CancellationToken _lastToken; // guarded by _lock
    private volatile bool _wasAsked;

    public TimeoutFeature(Execution execution) => _execution = execution;

    /// <summary>Whether somebody may keep it.</summary>
    public bool WasAsked => _wasAsked;

    private CancellationToken Token
    {
        get
        {
            Execution? execution;
            lock (_lock)
            {
                execution = _execution;
                if (execution is null)
                {
                    return _lastToken;
                }
            }

            return execution.TimeToken; // outside of the lock: it may run a stranger's code
        }
    }

    /// <summary>The request has ended; from here on it does nothing.</summary>
    public void End()
    {
        lock (_lock)
        {
            _lastToken = new CancellationToken(_execution!.Deadline.HasExpired);
            _execution = null;
        }
    }

    bool IDynamicInterfaceCastable.IsInterfaceImplemented(RuntimeTypeHandle interfaceType, bool throwIfNotImplemented)
    {
        if (!interfaceType.Equals(typeof(IHttpRequestTimeoutFeature).TypeHandle))
        {
            return false;
        }

        _wasAsked = true;
        return true;
    }

    RuntimeTypeHandle IDynamicInterfaceCastable.GetInterfaceImplementation(RuntimeTypeHandle interfaceType) => typeof(IFace).TypeHandle;

    private void DisableTimeout()
    {
        lock (_lock)
        {
            _execution?.DisableTimeout();
        }
    }

    [DynamicInterfaceCastableImplementation]
    private interface IFace : IHttpRequestTimeoutFeature
    {
        CancellationToken IHttpRequestTimeoutFeature.RequestTimeoutToken => ((TimeoutFeature)(object)this).Token;

        void IHttpRequestTimeoutFeature.DisableTimeout() => ((TimeoutFeature)(object)this).DisableTimeout();
    }
}
