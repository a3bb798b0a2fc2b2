using System.Threading.RateLimiting;
using Backpressure.AspNetCore.Limits;
using Backpressure.AspNetCore.Timeouts;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Backpressure.AspNetCore.Http;

/// <summary>What an admitted request holds; given back once, however often that is asked (B20).</summary>
internal sealed class Permit
{
    private const int Free = 0;
    private const int Taken = 1;

    private readonly GovernedRequest _request;
    private readonly TimeoutClock _clock;
    private RateLimitLease? _lease;
    private bool _isWatched; // by the token of a request that may end long after us
    private int _state; // Interlocked only

    public Permit(GovernedRequest request, TimeoutClock clock)
    {
        _request = request;
        _clock = clock;
    }

    /// <summary>How the work ended, as far as is known.</summary>
    public Ending Ending { get; private set; }

    /// <summary>Whether it is given back, and nobody can be about to ask for that again.</summary>
    public bool IsReusable => Volatile.Read(ref _state) == Free && !_isWatched;

    /// <summary>The request was admitted.</summary>
    /// <param name="lease">What a limiter of the application granted; <see langword="null"/> for the gate.</param>
    public void Take(RateLimitLease? lease)
    {
        _lease = lease;
        Ending = Ending.Served;
        Volatile.Write(ref _state, Taken);
    }

    /// <summary>Says how the work ended, if not well.</summary>
    public void Note(Ending ending) => Ending = ending;

    public void Release() => Release(null);

    private void Release(TimeSpan? now)
    {
        if (Interlocked.Exchange(ref _state, Free) == Free)
        {
            return;
        }

        if (_request.Governor.Plugged is { } plugged)
        {
            plugged.Leave();
            _lease?.Dispose();
            return;
        }

        _request.Place.Leave(Ending, now ?? _clock.Now);
    }

    /// <summary>The handler is done. Its permit goes back now or, where an exception handler or a status-code page may serve the request once more, with the response (C9).</summary>
    /// <param name="escaped">Whether an exception left the handler.</param>
    public void End(bool escaped)
    {
        bool mayGoOn = false;
        try
        {
            Ending = EndingOf(escaped);
            mayGoOn = !_request.IsComplete && (escaped || MayBeExecutedAgain(_request.Response!)) && KeepToEnd(_request.Context);
        }
        catch (ObjectDisposedException)
        {
            Ending = Ending.Left; // completed in this very moment by somebody outside of us who did not wait
        }
        finally
        {
            if (!mayGoOn)
            {
                Release(_request.EndedAt);
            }
        }
    }

    private Ending EndingOf(bool escaped)
    {
        if (_request.IsComplete || _request.Execution.HasClientLeft || _request.Execution.Deadline.HasExpired)
        {
            return _request.Execution.Deadline.HasExpired ? Ending.Expired : Ending.Left; // whatever it threw: it was told to stop
        }

        return escaped || _request.Response!.StatusCode >= StatusCodes.Status500InternalServerError ? Ending.Failed : Ending.Served;
    }

    /// <returns>Whether the end of the response will give it back.</returns>
    private bool KeepToEnd(HttpContext context)
    {
        if (context.Response.HasStarted)
        {
            return false;
        }

        context.Response.OnCompleted(static permit =>
        {
            ((Permit)permit).Release();
            return Task.CompletedTask;
        }, this);

        if (context.Features.Get<IConnectionLifetimeFeature>() is null)
        {
            // a server like TestServer, which completes no response when an exception reaches it, but aborts the request
            _isWatched = true;
            context.RequestAborted.UnsafeRegister(static permit => ((Permit)permit!).Release(), this);
        }

        return true;
    }

    /// <summary>An error without a body: a status-code page outside of us may run the pipeline once more, as part of the same request.</summary>
    private static bool MayBeExecutedAgain(IHttpResponseFeature response) =>
        response.StatusCode >= 400 && !response.HasStarted && response.Headers.ContentLength is null or 0 && StringValues.IsNullOrEmpty(response.Headers.ContentType);

    /// <summary>Forgets the request that it was for.</summary>
    public void Reset() => _lease = null;
}
