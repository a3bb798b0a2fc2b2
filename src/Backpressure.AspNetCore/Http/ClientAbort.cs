using Backpressure.AspNetCore.Telemetry;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Backpressure.AspNetCore.Http;

/// <summary>Tells the client of a request that it will get no answer, in the way that its protocol has for that. A server that offers none of them is asked to abort the request.</summary>
internal sealed class ClientAbort : IAbortStages
{
    private const int Cancel = 8; // RFC 9113 section 7; HTTP/3 has a code of its own
    private const int RequestCancelled = 0x10c; // RFC 9114 section 8.1

    private readonly HandlerOverruns _overruns;
    private HttpContext? _context;
    private IConnectionLifetimeFeature? _connection;
    private string _policy = "";

    public ClientAbort(HandlerOverruns overruns) => _overruns = overruns;

    public bool SharesConnection => Feature<IHttpResetFeature>() is not null;

    /// <summary>Whether the request has a connection of its own that is open: whatever cancelled its token, its client is there.</summary>
    public bool IsConnected => !SharesConnection && Feature<IConnectionLifetimeFeature>() is { ConnectionClosed.IsCancellationRequested: false };

    public void Begin(HttpContext context, string policy)
    {
        _context = context;
        _policy = policy;
    }

    /// <summary>The context is nobody's from here on, or another request's; only the connection is left.</summary>
    public void LeaveRequest()
    {
        _connection = Feature<IConnectionLifetimeFeature>();
        _context = null;
    }

    public void Forget()
    {
        _connection = null;
        _context = null;
    }

    public void ResetStream()
    {
        Attempt(() => Feature<IHttpResetFeature>()?.Reset(HttpProtocol.IsHttp3(_context!.Request.Protocol) ? RequestCancelled : Cancel));
        _overruns.CountAbort(_policy, AbortStage.Stream);
    }

    public void AbortConnection(bool isPoolStarved)
    {
        IConnectionLifetimeFeature? connection = _connection ?? Feature<IConnectionLifetimeFeature>();
        if (connection is null && _context is null)
        {
            return; // a server without connections, which has the whole answer
        }

        Attempt(() =>
        {
            if (connection is null)
            {
                _context!.Abort();
            }
            else
            {
                connection.Abort();
            }
        });
        _overruns.CountAbort(_policy, isPoolStarved ? AbortStage.ConnectionPoolStarved : AbortStage.Connection);
    }

    private TFeature? Feature<TFeature>()
        where TFeature : class
    {
        try
        {
            return _context?.Features.Get<TFeature>();
        }
        catch (Exception)
        {
            return null; // a collection that is not made for two threads, and the handler's own is at work on it
        }
    }

    private static void Attempt(Action abort)
    {
        try
        {
            abort();
        }
        catch (Exception)
        {
            // the server has given the request up already; there is nobody left to tell
        }
    }
}
