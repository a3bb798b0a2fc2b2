using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Backpressure.AspNetCore.Tests.Hosting;

/// <summary>One exchange that is used again and again and completed each time, as a server does with a connection: what is allocated then is not the server's doing.</summary>
internal sealed class ReusedExchange
{
    private readonly CompletedResponse _response = new();
    private readonly DefaultHttpContext _context;

    public ReusedExchange(Endpoint endpoint)
    {
        FeatureCollection features = new();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature { Method = "POST", Path = "/", Protocol = "HTTP/2" });
        features.Set<IHttpResponseFeature>(_response);
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        _context = new DefaultHttpContext(features);
        _context.SetEndpoint(endpoint);
        for (int i = 0; i < 9; i++)
        {
            _context.Request.Headers[$"X-Ordinary-{i}"] = "value";
        }
    }

    public HttpContext Context => _context;

    public int Status { get; private set; }

    /// <summary>Runs a request through a pipeline that must end at once, and completes its response.</summary>
    public void Run(RequestDelegate pipeline)
    {
        Task run = pipeline(_context);
        Assert.True(run.IsCompletedSuccessfully);
        Status = _response.StatusCode;
        Complete();
    }

    /// <summary>Completes the response, and makes room for the next one.</summary>
    public void Complete()
    {
        _response.Complete();
        _context.Features.Set<IBackpressureFeature>(null);
    }

    private sealed class CompletedResponse : HttpResponseFeature
    {
        private readonly Stack<(Func<object, Task> Callback, object State)> _callbacks = new();

        public override void OnCompleted(Func<object, Task> callback, object state) => _callbacks.Push((callback, state));

        public override void OnStarting(Func<object, Task> callback, object state)
        {
            // what is sent here is nobody's concern
        }

        public void Complete()
        {
            while (_callbacks.TryPop(out (Func<object, Task> Callback, object State) last))
            {
                Assert.True(last.Callback(last.State).IsCompletedSuccessfully);
            }

            Headers.Clear();
            StatusCode = 200;
        }
    }
}
