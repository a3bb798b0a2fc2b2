using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Backpressure.AspNetCore.Tests.Http.Interop;

/// <summary>Handlers as applications that use the framework's request timeouts have them. They wait for their tokens, never for a while.</summary>
internal static class InteropHandlers
{
    public static Task InTime(HttpContext context) => context.Response.WriteAsync("in time");

    public static Task TellsFeature(HttpContext context) =>
        context.Response.WriteAsync(context.Features.Get<IHttpRequestTimeoutFeature>() is null ? "no feature" : "feature");

    /// <summary>Prepares an answer that will not be sent, and lets its cancellation out.</summary>
    public static Task Honours(HttpContext context)
    {
        context.Response.StatusCode = 201;
        context.Response.Headers["X-Handler"] = "prepared";
        return UntilAsync(context.RequestAborted);
    }

    public static async Task Swallows(HttpContext context) => await IsCancelledAsync(context.RequestAborted);

    public static RequestDelegate Answers(int status, string body) => async context =>
    {
        await IsCancelledAsync(context.RequestAborted);
        context.Response.StatusCode = status;
        if (body.Length > 0)
        {
            await context.Response.WriteAsync(body);
        }
    };

    /// <summary>Answers when so much time is over, whatever its token says.</summary>
    public static RequestDelegate Ignores(TimeSpan time) => async context =>
    {
        await PassAsync(time);
        await context.Response.WriteAsync("late");
    };

    public static RequestDelegate Throws(Exception exception) => async context =>
    {
        await IsCancelledAsync(context.RequestAborted);
        throw exception;
    };

    public static RequestDelegate ThrowsAtOnce(Exception exception) => _ => Task.FromException(exception);

    /// <summary>Sends a part of its answer, and lets its cancellation out.</summary>
    public static async Task Begins(HttpContext context)
    {
        await context.Response.WriteAsync("half");
        await UntilAsync(context.RequestAborted);
    }

    /// <summary>Sends a part of its answer, and the rest when it is told that it is late.</summary>
    public static async Task BeginsAndEnds(HttpContext context)
    {
        await context.Response.WriteAsync("half");
        await IsCancelledAsync(context.RequestAborted);
        await context.Response.WriteAsync(" and half");
    }

    /// <summary>Sends a part of its answer, and the rest when twice its time is over, unless its token cuts that short.</summary>
    public static async Task BeginsAndGoesOn(HttpContext context)
    {
        await context.Response.WriteAsync("half");
        await PassAsync(InteropCase.Short * 2);
        await context.Response.WriteAsync(" and half", context.RequestAborted);
    }

    /// <summary>Leaves a part of its answer in the server's buffer, and lets its cancellation out.</summary>
    public static async Task Buffers(HttpContext context)
    {
        context.Response.BodyWriter.Write("half"u8);
        await UntilAsync(context.RequestAborted);
    }

    public static async Task WaitsForTimeToken(HttpContext context)
    {
        await IsCancelledAsync(Feature(context).RequestTimeoutToken);
        await context.Response.WriteAsync(context.RequestAborted.IsCancellationRequested ? "both" : "time alone");
    }

    public static async Task HonoursTimeToken(HttpContext context) => await UntilAsync(Feature(context).RequestTimeoutToken);

    /// <summary>Takes its timeout away, and tells how its token stands when the time would be over.</summary>
    public static RequestDelegate Disables(TimeSpan time) => async context =>
    {
        Feature(context).DisableTimeout();
        await PassAsync(time); // begins later than what it took away, so that would have rung by then
        await context.Response.WriteAsync(context.RequestAborted.IsCancellationRequested ? "late" : "free");
    };

    public static async Task DisablesLate(HttpContext context)
    {
        await IsCancelledAsync(context.RequestAborted);
        Feature(context).DisableTimeout();
        context.RequestAborted.ThrowIfCancellationRequested();
    }

    /// <summary>Tells which tokens hear of a client who leaves.</summary>
    public static async Task NoticesLeaving(HttpContext context)
    {
        CancellationToken time = Feature(context).RequestTimeoutToken;
        InteropExchange exchange = InteropExchange.Of(context);
        exchange.Arrive();
        await IsCancelledAsync(context.RequestAborted);
        exchange.Note(time.IsCancellationRequested ? "both tokens" : "one token");
        context.RequestAborted.ThrowIfCancellationRequested();
    }

    /// <summary>What a policy writes in place of an answer.</summary>
    public static Task Writes(HttpContext context) => context.Response.WriteAsync("written");

    public static Task WritesWithToken(HttpContext context) => context.Response.WriteAsync("written", context.RequestAborted);

    private static IHttpRequestTimeoutFeature Feature(HttpContext context) => context.Features.GetRequiredFeature<IHttpRequestTimeoutFeature>();

    private static Task UntilAsync(CancellationToken token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);

    private static async Task IsCancelledAsync(CancellationToken token) => await UntilAsync(token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static async Task PassAsync(TimeSpan time)
    {
        using CancellationTokenSource over = new(time, TimeProvider.System);
        await IsCancelledAsync(over.Token);
    }
}
