using System.Net.Http.Headers;
using Backpressure.Http.Client;
using Backpressure.Http.Protocol;
using Backpressure.Simulation.Engine;

namespace Backpressure.Simulation.Storms;

/// <summary>Stands where the sockets are, below the handlers of the client that is shipped, and reads the headers that they wrote as the server does.</summary>
internal sealed class WireHandler : HttpMessageHandler
{
    /// <summary>Carries the number of the logical call, by which its needs are drawn.</summary>
    public static readonly HttpRequestOptionsKey<long> Number = new("number");

    private const RequestFields Understood = RequestFields.Own | RequestFields.Grpc | RequestFields.Envoy; // by default

    private readonly IReadOnlyDictionary<string, Tier> _tiers;
    private readonly VirtualTime _time;
    private readonly int _thread = Environment.CurrentManagedThreadId;

    /// <param name="tiers">The tiers by the name of their host.</param>
    /// <param name="time">The clock.</param>
    public WireHandler(IReadOnlyDictionary<string, Tier> tiers, VirtualTime time)
    {
        _tiers = tiers;
        _time = time;
    }

    /// <exception cref="InvalidOperationException">The client went on on another thread: then the same seed would not give the same run.</exception>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException("A run in virtual time has left its thread.");
        }

        RequestReader reader = new(Understood);
        foreach ((string name, HeaderStringValues lines) in request.Headers.NonValidated)
        {
            reader.Read(name, lines.Count, lines.ToString());
        }

        RequestClaims claims = reader.Claims;
        request.Options.TryGetValue(Number, out long number);
        Tier tier = _tiers[request.RequestUri!.Host];
        if (claims.Attempt > 0 && AmbientRequest.Current?.IsRetry == true)
        {
            tier.Measures.WasNested();
        }

        Exchange exchange = new(_time, cancellationToken);
        Request sent = tier.Send(exchange, claims, number, claims.Attempt + 1, _time.Now);
        exchange.Begin(sent, sent.Use);
        return exchange.Answer;
    }
}
