namespace Backpressure.AspNetCore.Limits;

/// <summary>Lets the limit grow at once, before anything could be measured, while nothing says stop: a server that has room must not shed because its first answers are not there yet.</summary>
/// <remarks>
/// What says stop: processors that are busy (as a smooth gain), answers that come at a steady rate although more and more requests run, a second, and 32 times the initial limit.
/// Over once any of the answers was judged.
/// </remarks>
internal sealed class ColdStart
{
    private const double Longest = 1; // seconds, and in how long the arrivals alone must be able to fill the initial limit
    private const double MostGrowth = 32;
    private const double IdleShare = 0.5; // of the processors: the limit may double
    private const double BusyShare = 0.9; // it may not grow
    private const double LeastGrowth = 1.05;
    private const double SteadyOdds = 4.6; // 100 to 1, as a logarithm

    private readonly double _initial;
    private readonly double[] _completions = new double[256]; // when the first of them came, since more than half of the initial limit was in use
    private readonly double[] _arrivals = new double[5]; // of those that had to wait
    private int _completionCount;
    private int _arrivalCount;
    private double? _firstGrowth;
    private double _processorShare = 1;
    private bool _isRead;
    private bool _isJudged; // the answers, since the limit grew

    public ColdStart(double initial)
    {
        _initial = initial;
        _arrivals.AsSpan().Fill(double.NegativeInfinity);
    }

    public bool IsOver { get; private set; }

    /// <summary>The share of the processors that was busy since the last reading.</summary>
    public void NoteProcessors(double share)
    {
        _processorShare = share;
        _isRead = true;
    }

    public void NoteCompletion(double now, int inFlight)
    {
        if (inFlight < _initial / 2)
        {
            _completionCount = 0;
            _firstGrowth = null;
        }
        else if (_completionCount < _completions.Length)
        {
            _completions[_completionCount++] = now;
        }
    }

    /// <summary>A request has to wait.</summary>
    /// <returns>By what factor the limit may grow; 1 for not at all.</returns>
    public double GrowthFor(double now, double limit)
    {
        double fifth = _arrivals[_arrivalCount % _arrivals.Length];
        _arrivals[_arrivalCount % _arrivals.Length] = now;
        _arrivalCount++;
        bool isRush = now - fifth <= _arrivals.Length / _initial * Longest;
        if (!isRush || now - _firstGrowth > Longest || limit >= _initial * MostGrowth || !_isRead)
        {
            return 1;
        }

        double growth = 1 + Math.Clamp((BusyShare - _processorShare) / (BusyShare - IdleShare), 0, 1);
        if (!_isJudged)
        {
            _isJudged = true;
            if (AnswersAreSteady(now))
            {
                End();
                return growth; // room for the ups and downs of what has come to rest
            }
        }

        if (growth < LeastGrowth)
        {
            return 1;
        }

        _isRead = false;
        _isJudged = false;
        _firstGrowth ??= now;
        return growth;
    }

    public void End() => IsOver = true;

    /// <summary>Sequential test (Wald) of a steady rate against one that rises from zero, by how many answers came in the first and in the second half of the time.</summary>
    private bool AnswersAreSteady(double now)
    {
        if (_completionCount == 0)
        {
            return false;
        }

        double middle = (_completions[0] + now) / 2;
        int first = _completions.AsSpan(0, _completionCount).BinarySearch(middle);
        first = first < 0 ? ~first : first;
        int second = _completionCount - first;
        return _completionCount == _completions.Length || (first * Math.Log(0.5 / 0.25)) + (second * Math.Log(0.5 / 0.75)) > SteadyOdds;
    }
}
