using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Engine;

/// <summary>Poisson arrivals at a rate that changes: the same for every limit under test.</summary>
internal sealed class ArrivalStream : EventSource
{
    private readonly Piecewise _rates;
    private readonly Clients _clients;
    private SplitMix _random;
    private double _at; // in seconds, so that rounding to ticks does not add up
    private int _index; // of the present rate

    public ArrivalStream(Piecewise rates, Clients clients, ulong seed)
    {
        _rates = rates;
        _clients = clients;
        _random = SplitMix.For(seed, StreamPurpose.Arrivals);
        Plan();
    }

    public override void Fire(long now)
    {
        Plan();
        _clients.Call(now);
    }

    private void Plan()
    {
        double left = _random.NextExponential(); // of the expected number of arrivals
        while (true)
        {
            double rate = _rates.Values[_index];
            bool isLast = _index + 1 == _rates.From.Length;
            double room = isLast ? double.PositiveInfinity : (_rates.From[_index + 1] - _at) * rate;
            if (left < room && rate > 0)
            {
                _at += left / rate;
                Due = (long)(_at * TimeSpan.TicksPerSecond);
                return;
            }

            if (isLast)
            {
                Due = Never; // nobody comes any more
                return;
            }

            left -= room;
            _at = _rates.From[++_index];
        }
    }
}
