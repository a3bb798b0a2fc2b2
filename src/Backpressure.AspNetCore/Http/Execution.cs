using Backpressure.AspNetCore.Timeouts;
using Backpressure.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

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
    private bool _isOffered; // whether the handler finds our timeout feature
    private object? _offeredOutside; // what it would find without us
    private IHttpRequestLifetimeFeature? _lifetime;
    private CancellationToken _clientLeft; // the token of the request until now

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

    /// <summary>Whether nobody waits for the answer any more.</summary>
    public bool HasClientLeft => _clientLeft.IsCancellationRequested;

    /// <summary>Whether the deadline struck a request whose client still waits.</summary>
    public bool IsTimeUp => Deadline.HasExpired && !HasClientLeft;

    /// <summary>Whether the deadline leaves a handler that has returned without an answer, or with a part of one.</summary>
    public bool MustAnswer => IsTimeUp && !_request.IsComplete && (Deadline.HadBegun || TimeoutWriter.IsUnanswered(_request.Context.Response));

    /// <summary>Begins with what is left of the time.</summary>
    public void Start()
    {
        IFeatureCollection features = _request.Context.Features;
        _mayPause = false;
        _wasCut = false;
        if (WatchesProgress)
        {
            _progress.Attach(features);
        }

        if (_request.HasDeadline)
        {
            _offeredOutside = features[typeof(IHttpRequestTimeoutFeature)];
            _isOffered = true;
            features[typeof(IHttpRequestTimeoutFeature)] = _feature; // with which the handler may ask for more time
        }

        _lifetime = features.Find<IHttpRequestLifetimeFeature>() ?? LifetimeOf(_request.Context);
        _clientLeft = _lifetime.RequestAborted;
        Deadline.Begin(_clientLeft, this);
        Deadline.ArmAt(_clock.TimestampOf(_request.Deadline));
        _lifetime.RequestAborted = Deadline.Token;
        IHttpResponseFeature response = _request.Response!;
        if (!response.HasStarted)
        {
            response.OnStarting(BeginResponse, this);
        }
    }

    /// <summary>The handler has ended: the request gets back what was its own. What the handler asked for more time, and may keep, is not used again.</summary>
    public void End()
    {
        if (!_request.IsComplete && _lifetime is not null)
        {
            IFeatureCollection features = _request.Context.Features;
            _progress.Detach(features);
            _lifetime.RequestAborted = _clientLeft;
            if (_isOffered)
            {
                features[typeof(IHttpRequestTimeoutFeature)] = _offeredOutside;
            }
        }

        if (_feature.WasAsked)
        {
            _feature.End();
            _feature = new TimeoutFeature(this);
        }
    }

    /// <summary>Takes the deadline away, as the handler asks, unless it has struck.</summary>
    public void DisableTimeout()
    {
        if (Deadline.TryDisable())
        {
            _request.DropDeadline();
        }
    }

    /// <summary>Lets go of the request that it was for, and of a deadline that has struck: the next request may fail before it starts, and has not timed out then.</summary>
    public void Forget()
    {
        if (!Deadline.IsReusable)
        {
            Deadline.Dispose();
            Deadline = new RequestDeadline(_clock.Provider);
        }

        _isOffered = false;
        _offeredOutside = null;
        _lifetime = null;
        _clientLeft = default;
        _progress.Forget();
    }

    public void Dispose() => Deadline.Dispose();

    /// <summary>Once the response has begun only a timeout that the endpoint itself set may strike, until the answer stalls: a long download must not be cut by a default.</summary>
    public ExpiryVerdict Judge()
    {
        bool hasBegun = _request.Response?.HasStarted == true; // not the context's, which may be in use for another request
        Interlocked.MemoryBarrier(); // where it is another request's after all, this one is seen to be complete
        if (!hasBegun || _request.IsComplete)
        {
            return ExpiryVerdict.Strike;
        }

        return _request.TimeoutPlan.IsExplicit ? ExpiryVerdict.StrikeBegun : ExpiryVerdict.Pass;
    }

    public Overrun? PlanOverrun(bool clientIsGone)
    {
        if (_request.Context is not { } context)
        {
            return null;
        }

        HandlerOverrun stages = _overruns.Of(_request, context, () => _wasCut = true);
        bool isTold = !clientIsGone || stages.IsComplete || stages.HasClient; // a middleware outside may have cancelled the token of a client that waits; of a complete response the overrun itself tells nobody
        bool mayWait = isTold || stages.SharesConnection; // of one stream among many nobody can tell; where its client has left, a reset does nothing
        return new Overrun(_clock.Provider, mayWait ? _request.Governor.Timeout.AbortGrace : Timeout.InfiniteTimeSpan, stages, sparesConnection: !isTold);
    }

    public void NoteCallbackFailure(Exception thrown) => _overruns.NoteCallbackFailure(_request.Policy, _request.EndpointName, thrown);

    public StallWatch? PlanWatch() => WatchesProgress && _progress.IsAttached && !_mayPause ? new StallWatch(_clock.Provider, _request.Governor.Timeout.AbortGrace, _progress) : null;

    /// <summary>A context that has no such feature makes one when it is asked.</summary>
    private static IHttpRequestLifetimeFeature LifetimeOf(HttpContext context)
    {
        _ = context.RequestAborted;
        return context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
    }

    /// <summary>The headers by which a refusal proves that nothing was executed mean nothing on what a handler answers, such as a 503 that it relays. A trusted peer is told how the server stands.</summary>
    private static Task BeginResponse(object state)
    {
        Execution execution = (Execution)state;
        GovernedRequest request = execution._request;
        IHttpResponseFeature response = request.Response!;
        response.Headers.Remove(BackpressureHeaders.ShouldRetry);
        if (request.IsTrusted)
        {
            response.Headers[BackpressureHeaders.Backpressure] = request.Governor.Field.Of(reason: null, request.Governor.Retries.Accepts(execution._clock.Now), request.Load);
        }
        else
        {
            response.Headers.Remove(BackpressureHeaders.Backpressure);
        }

        execution._mayPause = MayPause(response, request.Request);
        return Task.CompletedTask;
    }

    /// <summary>Streams that live on may be silent for as long as they like.</summary>
    private static bool MayPause(IHttpResponseFeature response, IHttpRequestFeature request) => response.StatusCode == StatusCodes.Status101SwitchingProtocols
        || HttpMethods.IsConnect(request.Method)
        || ((string?)response.Headers.ContentType)?.StartsWith(EventStream, StringComparison.OrdinalIgnoreCase) == true
        || GrpcRefusal.IsCall(request, out _);

    /// <summary>Whether a deadline may pass over the answer, and is to come back when that stalls.</summary>
    private bool WatchesProgress => _request.HasDeadline && !_request.TimeoutPlan.IsExplicit && _request.Governor.Timeout.AbortGrace != Timeout.InfiniteTimeSpan;
}
