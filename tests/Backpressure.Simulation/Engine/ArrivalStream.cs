using Backpressure.Simulation.Model;

namespace Backpressure.Simulation.Engine;

/// <summary>Poisson arrivals at a rate that changes: the same for every limit under test.</summary>
internal sealed class ArrivalStream : EventSource
{
    private readonly Piecewise _rates;
    private readonly Action<long> _arrive;
    private SplitMix _random;
    private double _at; // in seconds, so that rounding to ticks does not add up
    private int _index; // of the present rate

    /// <param name="rates">Arrivals per second.</param>
    /// <param name="arrive">What an arrival does, told the time.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="stream">Which of several streams of the run it is.</param>
    public ArrivalStream(Piecewise rates, Action<long> arrive, ulong seed, long stream = 0)
    {
        _rates = rates;
        _arrive = arrive;
        _random = SplitMix.For(seed, StreamPurpose.Arrivals, stream);
        Plan();
    }

    public override void Fire(long now)
    {
        Plan();
        _arrive(now);
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
