using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Backpressure.Benchmarks;

/// <summary>One exchange, used again and again as a server does with a connection: nine ordinary headers, an endpoint with metadata, and a response that is completed.</summary>
internal sealed class Exchange
{
    private static readonly Endpoint Endpoint = new(null, new EndpointMetadataCollection("one", 2, new HttpMethodMarker()), "endpoint");

    private readonly Response _response = new();
    private readonly DefaultHttpContext _context;
    private readonly Type[] _leftByMiddleware;

    /// <param name="leftByMiddleware">Features that a middleware may leave behind, which a server forgets.</param>
    public Exchange(params Type[] leftByMiddleware)
    {
        FeatureCollection features = new();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature { Method = "GET", Path = "/orders/7", Scheme = "http", Protocol = "HTTP/1.1" });
        features.Set<IHttpResponseFeature>(_response);
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        _leftByMiddleware = leftByMiddleware;
        _context = new DefaultHttpContext(features);
        _context.SetEndpoint(Endpoint);
        IHeaderDictionary headers = _context.Request.Headers;
        headers.Host = "localhost";
        headers.Accept = "application/json";
        headers.AcceptEncoding = "gzip";
        headers.AcceptLanguage = "en";
        headers.UserAgent = "compare";
        headers.TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        headers.CacheControl = "no-cache";
        headers.Authorization = "Bearer x";
        headers.XRequestedWith = "compare";
    }

    public HttpContext Context => _context;

    /// <summary>Completes the response and makes ready for the next request.</summary>
    public void Complete()
    {
        _response.Complete();
        foreach (Type feature in _leftByMiddleware)
        {
            _context.Features[feature] = null;
        }
    }

    /// <summary>Stands for the metadata that endpoints have.</summary>
    private sealed class HttpMethodMarker;

    private sealed class Response : HttpResponseFeature
    {
        private readonly Stack<(Func<object, Task> Callback, object State)> _completed = new();
        private readonly Stack<(Func<object, Task> Callback, object State)> _starting = new();

        public override void OnCompleted(Func<object, Task> callback, object state) => _completed.Push((callback, state));

        public override void OnStarting(Func<object, Task> callback, object state) => _starting.Push((callback, state));

        public void Complete()
        {
            Run(_starting);
            Run(_completed);
            Headers.Clear();
            StatusCode = 200;
        }

        private static void Run(Stack<(Func<object, Task> Callback, object State)> callbacks)
        {
            while (callbacks.TryPop(out (Func<object, Task> Callback, object State) last))
            {
                Task task = last.Callback(last.State);
                if (!task.IsCompletedSuccessfully)
                {
                    throw new InvalidOperationException("A callback of the response did not end at once.");
                }
            }
        }
    }
}
