using System.Net;
using Backpressure.Http.Telemetry;

namespace Backpressure.Http.Client;

/// <summary>The outermost handler: sets the deadline of a logical call and sends it again as far as rules, deadline and budget allow.</summary>
internal sealed class LogicalCallHandler : DelegatingHandler
{
    private const string PreviousGrpcAttempts = "grpc-previous-rpc-attempts"; // absent on the first one

    private readonly TimeSpan _timeout;
    private readonly AuthorityBudgets _budgets;
    private readonly RetryPlanner _planner;
    private readonly ClientMetrics _metrics;
    private readonly TimeProvider _time;

    public LogicalCallHandler(TimeSpan timeout, AuthorityBudgets budgets, RetryPlanner planner, ClientMetrics metrics, TimeProvider time)
    {
        _timeout = timeout;
        _budgets = budgets;
        _planner = planner;
        _metrics = metrics;
        _time = time;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        LogicalCall call = Begin(request);
        using var deadline = new CallDeadline(call, _time, cancellationToken);
        try
        {
            HttpResponseMessage response = await SendWithRetriesAsync(call, request, deadline.Token).ConfigureAwait(false);
            _metrics.CallEnded(ResultOf(response));
            return response;
        }
        catch (Exception exception)
        {
            _metrics.CallEnded(deadline.ResultOf(exception));
            if (deadline.Translate(exception) is Exception expected)
            {
                throw expected;
            }

            throw;
        }
    }

    /// <summary>A synchronous call has its deadline and its headers, but is not retried: the wait before a retry would hold the thread.</summary>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        LogicalCall call = Begin(request);
        using var deadline = new CallDeadline(call, _time, cancellationToken);
        try
        {
            HttpResponseMessage response = base.Send(request, deadline.Token);
            _metrics.CallEnded(ResultOf(response));
            return response;
        }
        catch (Exception exception)
        {
            _metrics.CallEnded(deadline.ResultOf(exception));
            if (deadline.Translate(exception) is Exception expected)
            {
                throw expected;
            }

            throw;
        }
    }

    private async Task<HttpResponseMessage> SendWithRetriesAsync(LogicalCall call, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            TimeSpan delay;
            try
            {
                HttpResponseMessage response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
                if (!_planner.TryPlan(call, request, response, attempt, out delay))
                {
                    return response;
                }

                response.Dispose();
            }
            catch (HttpRequestException failure) when (!cancellationToken.IsCancellationRequested)
            {
                if (!_planner.TryPlan(call, request, failure, attempt, out delay))
                {
                    throw;
                }
            }

            await _planner.WaitAsync(call, delay, cancellationToken).ConfigureAwait(false);
        }
    }

    private LogicalCall Begin(HttpRequestMessage request)
    {
        TimeSpan timeout = _timeout;
        if (request.Options.TryGetValue(BackpressureRequestOptions.Timeout, out TimeSpan own) && own != Timeout.InfiniteTimeSpan && own < timeout)
        {
            timeout = own;
        }

        IAmbientRequest? ambient = AmbientRequest.Current;
        bool isBoundFromAbove = false;
        if (ambient?.Remaining is { } left && left < timeout)
        {
            timeout = left;
            isBoundFromAbove = true;
        }

        timeout = timeout < TimeSpan.Zero ? TimeSpan.Zero : timeout; // less than none would overflow

        int earlierAbove = AttemptStamp.StatedBy(request);
        bool isRetryAbove = request.Headers.NonValidated.Contains(PreviousGrpcAttempts);
        var call = new LogicalCall(_budgets.For(request.RequestUri), _time, timeout, GrpcTimeout.StatedBy(request))
        {
            IsBoundFromAbove = isBoundFromAbove,
            IsNested = ambient?.IsRetry == true,
            EarlierAbove = earlierAbove,
            EarnsNothing = isRetryAbove || earlierAbove > 0,
            IsGrpcRetry = isRetryAbove && GrpcTimeout.IsCall(request),
            IsSpentBySending = RetryRules.IsSpentBySending(request.Content),
        };
        call.AttachTo(request);
        return call;
    }

    private static CallResult ResultOf(HttpResponseMessage response) =>
        response is LocalRefusal ? CallResult.Refused :
        response.StatusCode is >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests ? CallResult.Failure : CallResult.Success;
}
