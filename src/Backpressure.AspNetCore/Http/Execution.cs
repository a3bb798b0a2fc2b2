using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Backpressure.AspNetCore.Http;

/// <summary>Holds a handler to the deadline of its request, and lets it ask for more time as the framework's request timeouts do.</summary>
internal sealed class Execution : IExpiryWitness, IDisposable
{
    private const string EventStream = "text/event-stream";

    private readonly GovernedRequest _request;
    private readonly TimeoutClock _clock;
    private readonly HandlerOverruns _overruns;
    private readonly ResponseProgress _progress;
    private volatile bool _mayPause;
    private TimeoutFeature _feature;
    private volatile bool _wasCut; // written by a stage of the overrun, and so not after the request
    private IHttpResponseFeature? _response; // asked by the timer, which must not touch a context that may be in use for another request

    public Execution(GovernedRequest request, TimeoutClock clock, HandlerOverruns overruns)
    {
        _request = request;
        _clock = clock;
        _overruns = overruns;
        _progress = new ResponseProgress(clock.Provider);
        _feature = new TimeoutFeature(this);
        Deadline = new RequestDeadline(clock.Provider);
    }

    public RequestDeadline Deadline { get; private set; }

    public CancellationToken TimeToken => Deadline.TimeToken;

    /// <summary>Whether its client was told by the end, because the handler went on after the deadline.</summary>
    public bool WasCut => _wasCut;

    /// <summary>Begins with what is left of the time.</summary>
    /// <param name="callerLeft">The token of the request until now.</param>
    public void Start(CancellationToken callerLeft)
    {
        if (!Deadline.IsReusable)
        {
            Deadline.Dispose();
            Deadline = new RequestDeadline(_clock.Provider);
        }

        IFeatureCollection features = _request.Context.Features;
        _response = features.GetRequiredFeature<IHttpResponseFeature>();
        _mayPause = false;
        _wasCut = false;
        if (WatchesProgress)
        {
            _progress.Attach(features);
        }

        Deadline.Begin(callerLeft, this);
        Deadline.ArmAt(_clock.TimestampOf(_request.Deadline));
    }

    /// <summary>The response begins. Streams that live on may be silent for as long as they like.</summary>
    public void NoteBegun(HttpResponse response) => _mayPause = response.StatusCode == StatusCodes.Status101SwitchingProtocols
        || HttpMethods.IsConnect(response.HttpContext.Request.Method)
        || response.ContentType?.StartsWith(EventStream, StringComparison.OrdinalIgnoreCase) == true
        || GrpcRefusal.IsCall(response.HttpContext.Request, out _);

    /// <summary>The handler has ended.</summary>
    /// <param name="context">The request, while it is still this one's.</param>
    public void End(HttpContext context) => _progress.Detach(context.Features);

    /// <summary>Lets the handler find what it may ask for more time.</summary>
    public void OfferTime(IFeatureCollection features) => _feature.AddTo(features);

    /// <summary>The handler has ended: what it asked for more time, and may keep, is not used again.</summary>
    public void EndOffer()
    {
        if (_feature.WasAsked)
        {
            _feature.End();
            _feature = new TimeoutFeature(this);
        }
    }

    /// <summary>Takes the deadline away, as the handler asks, unless it has struck.</summary>
    public void DisableTimeout()
    {
        Deadline.Arm(Timeout.InfiniteTimeSpan);
        if (!Deadline.HasExpired)
        {
            _request.DropDeadline();
        }
    }

    /// <summary>Lets go of the request that it was for.</summary>
    public void Forget()
    {
        _response = null;
        _progress.Forget();
    }

    public void Dispose() => Deadline.Dispose();

    /// <summary>Once the response has begun only a timeout that the endpoint itself set may strike, until the answer stalls: a long download must not be cut by a default.</summary>
    public ExpiryVerdict Judge()
    {
        if (_response?.HasStarted != true)
        {
            return ExpiryVerdict.Strike;
        }

        return _request.TimeoutPlan.IsExplicit ? ExpiryVerdict.StrikeBegun : ExpiryVerdict.Pass;
    }

    public Overrun? PlanOverrun(bool clientIsGone) => _request.Context is { } context
        ? new Overrun(_clock.Provider, clientIsGone ? Timeout.InfiniteTimeSpan : _request.Governor.Timeout.AbortGrace, _overruns.Of(context, _request.Policy, _request.EndpointName, () => _wasCut = true))
        : null;

    public void NoteCallbackFailure(Exception thrown) => _overruns.NoteCallbackFailure(_request.Policy, _request.EndpointName, thrown);

    public StallWatch? PlanWatch() => WatchesProgress && _progress.IsAttached && !_mayPause ? new StallWatch(_clock.Provider, _request.Governor.Timeout.AbortGrace, _progress) : null;

    /// <summary>Whether a deadline may pass over the answer, and is to come back when that stalls.</summary>
    private bool WatchesProgress => _request.HasDeadline && !_request.TimeoutPlan.IsExplicit && _request.Governor.Timeout.AbortGrace != Timeout.InfiniteTimeSpan;
}
