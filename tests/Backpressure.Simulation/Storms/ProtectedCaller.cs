using Backpressure.Http.Client;
using Backpressure.Simulation.Engine;

namespace Backpressure.Simulation.Storms;

/// <summary>A process that calls through the handlers of the client that is shipped.</summary>
internal sealed class ProtectedCaller : ICaller
{
    private readonly HttpMessageInvoker _client;
    private readonly Uri _address;
    private readonly VirtualTime _time;
    private readonly Action<Exception> _onFault;

    public ProtectedCaller(HttpMessageInvoker client, Uri address, VirtualTime time, Action<Exception> onFault)
    {
        _client = client;
        _address = address;
        _time = time;
        _onFault = onFault;
    }

    public void Call(long number, Request? course, Action<bool, long> ended, long now) => _ = CallAsync(number, course, ended);

    private async Task CallAsync(long number, Request? course, Action<bool, long> ended)
    {
        AmbientRequest.Current = course is null ? null : new Course(course, _time); // of this flow only, as an async method leaves it behind
        try
        {
            ended(await TryAsync(number).ConfigureAwait(false), _time.Now);
        }
        catch (Exception fault) // nobody awaits the call: the run is told, and fails
        {
            _onFault(fault);
        }
    }

    private async Task<bool> TryAsync(long number)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, _address);
        request.Options.Set(WireHandler.Number, number);
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(request, CancellationToken.None).ConfigureAwait(false);
            return response.IsSuccessStatusCode;
        }
        catch (OperationCanceledException)
        {
            return false; // its deadline has passed
        }
    }

    /// <summary>The request in whose course a call is made, as the server makes it known to its clients.</summary>
    private sealed class Course : IAmbientRequest
    {
        private readonly TimeSpan _deadline;
        private readonly VirtualTime _time;

        public Course(Request request, VirtualTime time)
        {
            IsRetry = request.IsRetry;
            _deadline = request.Deadline;
            _time = time;
        }

        public TimeSpan? Remaining => _deadline - new TimeSpan(_time.Now);

        public bool IsRetry { get; }
    }
}
