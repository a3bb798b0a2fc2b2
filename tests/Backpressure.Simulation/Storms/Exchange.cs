using System.Net;
using Backpressure.Http;
using Backpressure.Simulation.Engine;

namespace Backpressure.Simulation.Storms;

/// <summary>One attempt of the client that is shipped, on the wire: ends with the answer, or when the client gives up.</summary>
internal sealed class Exchange : IReceiver
{
    private readonly TaskCompletionSource<HttpResponseMessage> _answer = new(); // continues where it is completed: in virtual time there is one thread
    private readonly VirtualTime _time;
    private readonly CancellationToken _cancellation;
    private CancellationTokenRegistration _registration;
    private Request? _request;
    private int _use;

    public Exchange(VirtualTime time, CancellationToken cancellation)
    {
        _time = time;
        _cancellation = cancellation;
    }

    public Task<HttpResponseMessage> Answer => _answer.Task;

    /// <summary>It was sent.</summary>
    public void Begin(Request request, int use)
    {
        _request = request;
        _use = use;
        _registration = _cancellation.UnsafeRegister(static exchange => ((Exchange)exchange!).GiveUp(), this);
    }

    public void Answered(in Answer answer, long now)
    {
        _registration.Dispose();
        _answer.TrySetResult(Message(answer));
    }

    private void GiveUp()
    {
        Tier.Leave(_request!, _use, _time.Now);
        _answer.TrySetCanceled(_cancellation);
    }

    private static HttpResponseMessage Message(in Answer answer)
    {
        HttpResponseMessage message = new((HttpStatusCode)answer.Status);
        Add(message, "Retry-After", answer.RetryAfter);
        Add(message, BackpressureHeaders.RetryAfterMs, answer.RetryAfterMs);
        Add(message, BackpressureHeaders.ShouldRetry, answer.ShouldRetry);
        Add(message, BackpressureHeaders.Backpressure, answer.Backpressure);
        return message;
    }

    private static void Add(HttpResponseMessage message, string name, string? value)
    {
        if (value is not null)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
