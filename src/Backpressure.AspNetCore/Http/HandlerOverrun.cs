using Backpressure.AspNetCore.Telemetry;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Backpressure.AspNetCore.Http;

/// <summary>Tells the client of one request that it will get no answer, in the way that its protocol has for that. A server that offers none of them is asked to abort the request.</summary>
internal sealed class HandlerOverrun : IOverrunStages
{
    private const int Cancel = 8; // RFC 9113 section 7; HTTP/3 has a code of its own
    private const int RequestCancelled = 0x10c; // RFC 9114 section 8.1

    private readonly HandlerOverruns _overruns;
    private readonly HttpContext _context;
    private readonly string _policy;
    private readonly string _endpoint;

    public HandlerOverrun(HandlerOverruns overruns, HttpContext context, string policy, string endpoint)
    {
        _overruns = overruns;
        _context = context;
        _policy = policy;
        _endpoint = endpoint;
    }

    public bool SharesConnection => Feature<IHttpResetFeature>() is not null;

    public void Abandon() => _overruns.CountAbandoned(_policy, _endpoint);

    public void Return() => _overruns.CountReturned(_policy);

    public void ResetStream()
    {
        Attempt(() => Feature<IHttpResetFeature>()?.Reset(HttpProtocol.IsHttp3(_context.Request.Protocol) ? RequestCancelled : Cancel));
        _overruns.CountAbort(_policy, AbortStage.Stream);
    }

    public void AbortConnection(bool isPoolStarved)
    {
        Attempt(() =>
        {
            if (Feature<IConnectionLifetimeFeature>() is { } connection)
            {
                connection.Abort();
            }
            else
            {
                _context.Abort();
            }
        });
        _overruns.CountAbort(_policy, isPoolStarved ? AbortStage.ConnectionPoolStarved : AbortStage.Connection);
    }

    private TFeature? Feature<TFeature>()
        where TFeature : class
    {
        try
        {
            return _context.Features.Get<TFeature>();
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
