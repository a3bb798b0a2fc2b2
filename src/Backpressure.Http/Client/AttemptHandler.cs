using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Backpressure.Http.Protocol;
using Backpressure.Http.Telemetry;

namespace Backpressure.Http.Client;

/// <summary>
/// The innermost handler: sees every attempt that really goes out, whoever caused it. It stamps the headers of the protocol and holds
/// what other handlers send again to the budget.
/// </summary>
internal sealed class AttemptHandler : DelegatingHandler
{
    private readonly ClientMetrics _metrics;

    public AttemptHandler(ClientMetrics metrics) => _metrics = metrics;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (LogicalCall.Of(request) is not LogicalCall call)
        {
            return base.SendAsync(request, cancellationToken); // another handler's own errand
        }

        if (call.Remaining <= TimeSpan.Zero)
        {
            return Task.FromException<HttpResponseMessage>(CallDeadline.Expired(call));
        }

        return TryBegin(call, request) ? base.SendAsync(request, cancellationToken) : Task.FromResult(Refuse(request));
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (LogicalCall.Of(request) is not LogicalCall call)
        {
            return base.Send(request, cancellationToken);
        }

        if (call.Remaining <= TimeSpan.Zero)
        {
            throw CallDeadline.Expired(call);
        }

        return TryBegin(call, request) ? base.Send(request, cancellationToken) : Refuse(request);
    }

    private bool TryBegin(LogicalCall call, HttpRequestMessage request)
    {
        AttemptStart start = call.Begin();
        if (start.IsResend)
        {
            _metrics.RetryDecided(start.IsRefused ? RetryDecision.OverBudget : RetryDecision.Sent);
        }

        if (start.IsRefused)
        {
            return false;
        }

        string? attempt = start.Earlier == 0 ? null : Math.Min(start.Earlier, AttemptHeader.Maximum).ToString(CultureInfo.InvariantCulture);
        Set(request.Headers, BackpressureHeaders.RetryAttempt, attempt);
        if (GrpcTimeout.IsCall(request))
        {
            Set(request.Headers, BackpressureHeaders.RequestTimeoutMs, null);
            Set(request.Headers, GrpcTimeoutHeader.Name, GrpcTimeout.Of(request, call.RemainingAsStated));
        }
        else
        {
            Set(request.Headers, BackpressureHeaders.RequestTimeoutMs, TimeoutHeader.Format(call.Remaining));
        }

        return true;
    }

    /// <summary>Replaces whatever stands there, so that a message that is sent again, or that the application stamped itself, has one value.</summary>
    private static void Set(HttpRequestHeaders headers, string name, string? value)
    {
        headers.Remove(name);
        if (value is not null)
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>Answers in the server's stead, in the server's words, so that the handler that wanted to send again can judge it like any other refusal.</summary>
    private static HttpResponseMessage Refuse(HttpRequestMessage request)
    {
        var refusal = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { RequestMessage = request };
        refusal.Headers.TryAddWithoutValidation(BackpressureHeaders.Backpressure, "reason=client-budget");
        refusal.Headers.TryAddWithoutValidation(BackpressureHeaders.ShouldRetry, "false");
        return refusal;
    }
}
