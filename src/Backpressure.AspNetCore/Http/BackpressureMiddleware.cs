using Backpressure.AspNetCore.Admission;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

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
        IFeatureCollection features = context.Features;
        Endpoint? endpoint = features.Find<IEndpointFeature>()?.Endpoint;
        EndpointPlan plan = _governor.PlanFor(endpoint);
        if (features.Find<IBackpressureFeature>() is not null || features.Find<ExemptPass>() is not null)
        {
            return _next(context); // a second pass
        }

        if (plan.Policy is not { } policy)
        {
            features[typeof(ExemptPass)] = ExemptPass.Mark;
            ProofOfRefusal.Strip(context.Response);
            return _next(context);
        }

        GovernedRequest request = _governor.Begin(context, plan, policy);
        features[typeof(IBackpressureFeature)] = request; // before the gate is asked: a status page for a refusal is a second pass, too
        long number = request.Number;
        Task run = RunAsync(request);
        return endpoint is null ? _order.WatchAsync(context, request, number, run) : run;
    }

    /// <summary>Decides at once where that is possible: a refusal needs no state machine.</summary>
    private Task RunAsync(GovernedRequest request)
    {
        if (request.Governor.Plugged is not null)
        {
            return WaitAsync(request, _governor.AskLimiterAsync(request));
        }

        return request.Enter() switch
        {
            Outcome.Granted => RunHandlerAsync(request),
            Outcome.Waiting => WaitAsync(request, _governor.WaitAsync(request)),
            _ => RefuseAsync(request),
        };
    }

    private async Task WaitAsync(GovernedRequest request, ValueTask<bool> admission)
    {
        bool isAdmitted = false;
        try
        {
            isAdmitted = await admission;
        }
        finally
        {
            if (!isAdmitted)
            {
                request.EndRun();
            }
        }

        if (isAdmitted)
        {
            await RunHandlerAsync(request);
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

    /// <summary>Runs the rest of the pipeline under the deadline, and answers if that ends it. One state machine, of few fields: it is what a handler that suspends costs.</summary>
    private async Task RunHandlerAsync(GovernedRequest request)
    {
        bool escaped = true;
        bool timedOut;
        try
        {
            try
            {
                _governor.CountAdmitted(request);
                try
                {
                    _governor.Start(request);
                    await _next(request.Context);
                    timedOut = request.Execution.MustAnswer;
                }
                catch (Exception exception) when (request.Execution.IsTimeUp)
                {
                    _governor.NoteFailure(request, exception); // many libraries report a cancelled token by an exception of their own
                    timedOut = !request.IsComplete;
                }
                finally
                {
                    _governor.End(request);
                }

                escaped = false;
            }
            finally
            {
                request.Permit.End(escaped);
            }

            if (timedOut)
            {
                await _governor.AnswerTimeoutAsync(request);
            }
        }
        finally
        {
            request.EndRun();
        }
    }
}
