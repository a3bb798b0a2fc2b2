using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Engine;

/// <summary>Lets requests fail instead of doing their work. Whether one fails is drawn for each attempt, the same for every limit.</summary>
internal sealed class Failures
{
    private const long MostAttempts = 128;

    private readonly ValueCursor?[] _shares; // by class
    private readonly double[] _after; // by class, in ticks
    private readonly DelayStation _station;
    private readonly ulong _seed;

    public Failures(Server server, ClassModel[] classes, ulong seed)
    {
        _shares = [.. classes.Select(one => one.Failures is { } failures ? new ValueCursor(failures.Share) : null)];
        _after = [.. classes.Select(one => (one.Failures?.AfterMs ?? 0) * TimeSpan.TicksPerMillisecond)];
        _station = new DelayStation(server);
        _seed = seed;
    }

    public EventSource Source => _station;

    /// <summary>Lets a request that begins fail, if it is to.</summary>
    public bool TryFail(Request request, long now)
    {
        if (_shares[request.Class] is not { } share)
        {
            return false;
        }

        double drawn = SplitMix.For(_seed, StreamPurpose.Failures, (request.Number * MostAttempts) + request.Attempt).NextUniform();
        request.IsFailing = drawn < share.At(now);
        if (request.IsFailing)
        {
            _station.Enter(request, _after[request.Class], now);
        }

        return request.IsFailing;
    }
}
