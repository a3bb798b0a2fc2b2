namespace Backpressure.Http.Client;

/// <summary>
/// The innermost handler: sees every attempt that really goes out, whoever caused it. It stamps the headers of the protocol and holds
/// what other handlers send again to the budget.
/// </summary>
internal sealed class AttemptHandler : DelegatingHandler
{
    private readonly AttemptGate _gate;

    public AttemptHandler(AttemptGate gate) => _gate = gate;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (LogicalCall.Of(request) is not LogicalCall call)
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false); // another handler's own errand
        }

        if (Enter(call, request) is { } refusal)
        {
            return refusal;
        }

        HttpResponseMessage response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        _gate.Note(call, request, response);
        return response;
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (LogicalCall.Of(request) is not LogicalCall call)
        {
            return base.Send(request, cancellationToken);
        }

        if (Enter(call, request) is { } refusal)
        {
            return refusal;
        }

        HttpResponseMessage response = base.Send(request, cancellationToken);
        _gate.Note(call, request, response);
        return response;
    }

    private LocalRefusal? Enter(LogicalCall call, HttpRequestMessage request) =>
        call.Remaining > TimeSpan.Zero ? _gate.Enter(call, request) : throw CallDeadline.Expired(call);
}
