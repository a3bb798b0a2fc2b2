using Backpressure.AspNetCore;
using Backpressure.AspNetCore.Http;
using Backpressure.Simulation.Engine;

namespace Backpressure.Simulation.Storms;

/// <summary>Words the refusals of one server as the server that is shipped does: when to come back, whether to, and why.</summary>
internal sealed class Refusals
{
    private static readonly ShedOptions Bounds = new();
    private static readonly RetryAfterTable Table = new(Bounds.MinimumRetryAfter, Bounds.MaximumRetryAfter);

    private SplitMix _random;

    /// <param name="seed">Of the run.</param>
    /// <param name="server">The number of the server.</param>
    public Refusals(ulong seed, long server) => _random = SplitMix.For(seed, StreamPurpose.RetryAfter, server);

    public Answer Of(Request request, long now)
    {
        TimeSpan time = new(now);
        RetryAfterValue wait = Table.Draw(request.Policy.DrainTime(time), request.Policy.Tally.Spell.Lasted(time), _random.NextUniform());
        bool mayRetry = request.Policy.Retries!.Tickets.MayRetry(request.Reason, time);
        return new Answer(503, wait.Seconds, wait.Milliseconds, mayRetry ? "true" : "false", BackpressureField.Of(request.Reason));
    }
}
