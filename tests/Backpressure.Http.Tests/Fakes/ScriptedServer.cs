using System.Collections.Concurrent;
using System.Net;

namespace Backpressure.Http.Tests.Fakes;

/// <summary>A primary handler that answers by script, the last line of it for ever, and remembers what it was sent.</summary>
internal sealed class ScriptedServer : HttpMessageHandler
{
    private readonly Func<SentRequest, HttpResponseMessage>[] _script;
    private readonly ConcurrentQueue<SentRequest> _received = new();
    private readonly ConcurrentQueue<DisposeTrackingResponse> _responses = new();
    private int _next;

    public ScriptedServer(params Func<SentRequest, HttpResponseMessage>[] script) => _script = script;

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public SentRequest[] Received => [.. _received];

    public DisposeTrackingResponse[] Responses => [.. _responses];

    public static ScriptedServer Answering(params HttpStatusCode[] statuses) =>
        new([.. statuses.Select<HttpStatusCode, Func<SentRequest, HttpResponseMessage>>(status => _ => new DisposeTrackingResponse(status))]);

    public static HttpResponseMessage Answer(HttpStatusCode status, params (string Name, string Value)[] headers)
    {
        var response = new DisposeTrackingResponse(status);
        foreach ((string name, string value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string? body = request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken);
        return Respond(request, body, cancellationToken);
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Respond(request, body: null, cancellationToken);

    private HttpResponseMessage Respond(HttpRequestMessage request, string? body, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var sent = new SentRequest(request.Method.Method, Values(request, "Retry-Attempt"), Values(request, "Request-Timeout-Ms"), body, Time.GetElapsedTime(0))
        {
            GrpcTimeouts = Values(request, "grpc-timeout"),
        };
        _received.Enqueue(sent);
        int line = Math.Min(Interlocked.Increment(ref _next), _script.Length) - 1;
        HttpResponseMessage response = _script[line](sent);
        response.RequestMessage = request;
        if (response is DisposeTrackingResponse tracked)
        {
            _responses.Enqueue(tracked);
        }

        return response;
    }

    private static string[] Values(HttpRequestMessage request, string name) =>
        request.Headers.TryGetValues(name, out IEnumerable<string>? values) ? [.. values] : [];
}
