using System.Net;

namespace DemoApi.Tests.Load;

/// <summary>Sends requests as a stranger would, or through the handlers of a client that is not one.</summary>
internal sealed class LoadClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    /// <param name="time">Ends the patience.</param>
    /// <param name="handler">What to send with, when it is not a stranger who sends.</param>
    public LoadClient(TimeProvider time, HttpMessageHandler? handler = null)
    {
        _time = time;
        _http = new HttpClient(handler ?? NewSockets()) { Timeout = Timeout.InfiniteTimeSpan }; // every request has a patience of its own
    }

    public TimeProvider Time => _time;

    /// <summary>Sends once, without proxies, redirects or a bound on connections.</summary>
    public static SocketsHttpHandler NewSockets() => new()
    {
        AllowAutoRedirect = false,
        EnableMultipleHttp2Connections = true,
        UseCookies = false,
        UseProxy = false,
    };

    /// <summary>Sends a request and reads its answer to the end; never throws for what server or network do.</summary>
    /// <param name="request">Is disposed when this is done.</param>
    /// <param name="id">Goes along as <see cref="Exchange.IdHeader"/>.</param>
    /// <param name="version">HTTP/1.1 or HTTP/2, exactly.</param>
    /// <param name="patience">How long to wait for the end of the answer.</param>
    public async Task<(Bucket Bucket, Answer? Answer, string? Error)> SendAsync(HttpRequestMessage request, string id, Version version, TimeSpan patience)
    {
        using HttpRequestMessage sent = request;
        sent.Version = version;
        sent.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        sent.Headers.Add(Exchange.IdHeader, id);
        using CancellationTokenSource abort = new(patience, _time);
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(sent, HttpCompletionOption.ResponseContentRead, abort.Token);
            Answer answer = await Answer.ReadAsync(response, abort.Token);
            return (BucketOf(answer.Status), answer, null);
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            return (Bucket.GaveUp, null, null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            return (Bucket.ConnectionError, null, exception.ToString());
        }
    }

    public void Dispose() => _http.Dispose();

    private static Bucket BucketOf(int status) => status switch
    {
        >= 200 and <= 299 => Bucket.Served,
        (int)HttpStatusCode.ServiceUnavailable => Bucket.Refused,
        (int)HttpStatusCode.GatewayTimeout => Bucket.TimedOut,
        _ => Bucket.OtherStatus,
    };
}
