using Backpressure.AspNetCore.Admission;
using Backpressure.AspNetCore.Timeouts;
using Backpressure.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Backpressure.AspNetCore.Http;

/// <summary>Puts every governed request to the gate, runs the admitted ones under their deadline and answers the others.</summary>
internal sealed class BackpressureMiddleware
{
    private readonly RequestDelegate _next;
    private readonly RequestGovernor _governor;
    private readonly OrderCheck _order;

    public BackpressureMiddleware(RequestDelegate next, RequestGovernor governor, EndpointCheck endpoints, OrderCheck order)
    {
        endpoints.Run();
        _next = next;
        _governor = governor;
        _order = order;
    }

    public Task InvokeAsync(HttpContext context)
    {
        Endpoint? endpoint = context.GetEndpoint();
        EndpointPlan plan = _governor.PlanFor(endpoint);
        if (plan.Policy is not { } policy || context.Features.Get<IBackpressureFeature>() is not null)
        {
            return _next(context);
        }

        GovernedRequest request = _governor.Begin(context, plan, policy);
        context.Features.Set<IBackpressureFeature>(request); // before the gate is asked: a status page for a refusal is a second pass, too
        Task run = RunAsync(request);
        return endpoint is null ? _order.WatchAsync(context, request, run) : run;
    }

    /// <summary>Decides at once where that is possible: a refusal needs no state machine.</summary>
    private Task RunAsync(GovernedRequest request)
    {
        if (request.Governor.Plugged is not null)
        {
            return RunAsync(request, _governor.AskLimiterAsync(request));
        }

        return request.Enter() switch
        {
            Outcome.Granted => RunAsync(request, new ValueTask<bool>(true)),
            Outcome.Waiting => RunAsync(request, _governor.WaitAsync(request)),
            _ => RefuseAsync(request),
        };
    }

    private async Task RunAsync(GovernedRequest request, ValueTask<bool> admission)
    {
        try
        {
            if (await admission && await RunHandlerAsync(request))
            {
                await _governor.AnswerTimeoutAsync(request);
            }
        }
        finally
        {
            request.EndRun();
        }
    }

    private Task RefuseAsync(GovernedRequest request)
    {
        Task refusal = _governor.RefuseAsync(request);
        if (!refusal.IsCompletedSuccessfully)
        {
            return FinishAsync(refusal, request);
        }

        request.EndRun();
        return refusal;
    }

    private static async Task FinishAsync(Task refusal, GovernedRequest request)
    {
        try
        {
            await refusal;
        }
        finally
        {
            request.EndRun();
        }
    }

    /// <summary>Runs the rest of the pipeline under the deadline; the permit goes back when it ends.</summary>
    /// <returns>Whether the deadline ended it.</returns>
    private async Task<bool> RunHandlerAsync(GovernedRequest request)
    {
        HttpContext context = request.Context;
        Permit permit = request.Permit;
        bool escaped = true;
        try
        {
            _governor.CountAdmitted(request);
            bool timedOut = await RunUnderDeadlineAsync(request);
            escaped = false;
            return timedOut;
        }
        finally
        {
            permit.End(context, escaped);
        }
    }

    private async Task<bool> RunUnderDeadlineAsync(GovernedRequest request)
    {
        HttpContext context = request.Context;
        CancellationToken clientLeft = context.RequestAborted;
        RequestDeadline deadline = _governor.Start(request, clientLeft);
        context.RequestAborted = deadline.Token;
        if (request.HasDeadline)
        {
            request.Execution.OfferTime(context.Features);
        }

        if (!context.Response.HasStarted)
        {
            context.Response.OnStarting(BeginResponse, request);
        }

        try
        {
            await _next(context);
            return deadline.HasExpired && !clientLeft.IsCancellationRequested && !request.IsComplete && (deadline.HadBegun || TimeoutWriter.IsUnanswered(context.Response));
        }
        catch (Exception exception) when (deadline.HasExpired && !clientLeft.IsCancellationRequested)
        {
            _governor.NoteFailure(request, exception); // many libraries report a cancelled token by an exception of their own
            return !request.IsComplete;
        }
        finally
        {
            deadline.End();
            _governor.End(request, clientLeft.IsCancellationRequested);
            if (!request.IsComplete)
            {
                request.Execution.End(context);
                context.RequestAborted = clientLeft;
                context.Features.Set<IHttpRequestTimeoutFeature>(null);
            }

            request.Execution.EndOffer();
        }
    }

    /// <summary>The headers by which a refusal proves that nothing was executed mean nothing on what a handler answers, such as a 503 that it relays.</summary>
    private static Task BeginResponse(object state)
    {
        GovernedRequest request = (GovernedRequest)state;
        HttpResponse response = request.Context.Response;
        response.Headers.Remove(BackpressureHeaders.Backpressure);
        response.Headers.Remove(BackpressureHeaders.ShouldRetry);
        request.Execution.NoteBegun(response);
        return Task.CompletedTask;
    }
}
