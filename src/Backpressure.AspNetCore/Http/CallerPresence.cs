using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Backpressure.AspNetCore.Http;

/// <summary>Tells a caller who left from one whom a middleware outside of us gives no more time: both cancel <see cref="HttpContext.RequestAborted"/>, and only the former needs no answer.</summary>
/// <remarks>No server hands out its own token once somebody has set another. So a caller is there while its connection is, where that is its own; and where the framework's request timeouts act outside of us, as
/// they do more often than streams are reset.</remarks>
internal readonly struct CallerPresence
{
    private readonly CancellationToken _connectionClosed;
    private readonly bool _isTimed;
    private readonly bool _isAlone;

    private CallerPresence(IFeatureCollection features)
    {
        IConnectionLifetimeFeature? connection = features.Get<IConnectionLifetimeFeature>();
        _connectionClosed = connection?.ConnectionClosed ?? CancellationToken.None;
        _isTimed = features.Get<IHttpRequestTimeoutFeature>() is not null; // ours is there for handlers alone
        _isAlone = connection is not null && features.Get<IHttpResetFeature>() is null;
    }

    /// <summary>Whether the caller has left, once its token is cancelled.</summary>
    public bool HasLeft => !(_isTimed || _isAlone) || _connectionClosed.IsCancellationRequested;

    /// <summary>Of a request outside of its handler.</summary>
    public static CallerPresence Of(HttpContext context) => new(context.Features);

    /// <summary>What tells writers of the answer that the caller leaves, where the present token would tell them that although it stays.</summary>
    /// <returns>The token to take; <see langword="null"/> where the present one will do.</returns>
    public CancellationToken? InPlaceOf(CancellationToken present) => _isTimed || (present.IsCancellationRequested && !HasLeft) ? _connectionClosed : null;
}
