using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;

namespace Backpressure.AspNetCore.Http;

/// <summary>What happens to one request whose handler goes on after its deadline.</summary>
internal sealed class HandlerOverrun : IOverrunStages
{
    private readonly HandlerOverruns _overruns;
    private readonly GovernedRequest _request;
    private readonly ClientAbort _abort;
    private readonly string _policy;
    private readonly string _endpoint;
    private readonly Action _onCut;

    public HandlerOverrun(HandlerOverruns overruns, GovernedRequest request, HttpContext context, Action onCut)
    {
        _onCut = onCut;
        _overruns = overruns;
        _request = request;
        _policy = request.Policy;
        _endpoint = request.EndpointName;
        _abort = new ClientAbort(overruns);
        _abort.Begin(context, _policy);
    }

    public bool IsComplete => _request.IsComplete;

    public bool SharesConnection => _abort.SharesConnection;

    public bool HasClient => _abort.IsConnected;

    public void Abandon() => _overruns.CountAbandoned(_policy);

    public void Report() => _overruns.ReportAbandoned(_policy, _endpoint);

    public void Return() => _overruns.CountReturned(_policy);

    public void ResetStream()
    {
        _onCut();
        _abort.ResetStream();
    }

    public void AbortConnection(bool isPoolStarved)
    {
        _onCut();
        _abort.AbortConnection(isPoolStarved);
    }
}
