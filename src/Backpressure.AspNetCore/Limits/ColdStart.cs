namespace Backpressure.AspNetCore.Limits;

/// <summary>Lets the limit grow at once, before anything could be measured, while nothing says stop: a server that has room must not shed because its first answers are not there yet.</summary>
/// <remarks>
/// What says stop: processors that are busy (as a smooth gain), answers that come at a steady rate although more and more requests run and wait inside, a second, and 32 times the initial limit.
/// What grew too far comes down at once: when the answers are steady, the requests that ran before it grew tell how long one takes where nobody waits inside, and by Little's law how many keep the server busy.
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
    private const double Explained = 0.5; // of those that run, by the answers (Little's law): else those are of the quick ones alone, and say nothing of the others
    private const int Lately = 30;
    private const int FewestEnded = 8;
    private const int FewestFailed = 20;
    private const double EnoughExpected = 12;
    private const double Full = 0.9; // of the limit, or it holds nobody back
    private const double Crowd = 2; // times the target: most of those that run wait inside, whether anybody is held back or not
    private const double FarAbove = 0.7; // the share of the limit to which it must be worth coming down

    private readonly double _initial;
    private readonly SteadyRate _answers = new(); // since more than half of the initial limit was in use
    private readonly double[] _arrivals = new double[5]; // of those that had to wait
    private int _arrivalCount;
    private double? _firstGrowth;
    private int _firstCount; // of those that ran when it grew first, who have ended
    private double _firstCost; // what they counted for together
    private double _firstTime; // that they took together, times what they count for
    private double _lately; // what the last to end took, times what they count for, in the mean
    private int _inFlight;
    private int _ended;
    private double _firstEnd;
    private int _endedSince; // it grew last
    private int _failedSince; // likewise
    private double? _lastGrowth;
    private double _bestRate; // of the answers, at a growth
    private double _processorShare = 1;
    private bool _isRead;
    private bool _isJudged; // the answers, since the limit grew

    public ColdStart(double initial)
    {
        _initial = initial;
        _arrivals.AsSpan().Fill(double.NegativeInfinity);
    }

    public bool IsOver { get; private set; }

    /// <summary>The <see cref="Strain.Gain"/> of the process: it grows by so much less.</summary>
    public double Gain { get; set; } = 1;

    /// <summary>The share of the processors that was busy since the last reading.</summary>
    public void NoteProcessors(double share)
    {
        _processorShare = share;
        _isRead = true;
    }

    /// <summary>A request ended.</summary>
    /// <param name="now">The time.</param>
    /// <param name="took">How long it ran, in seconds.</param>
    /// <param name="inFlight">How many ran when it ended, itself included.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="cost">How many it counted for among those in flight.</param>
    /// <returns>What the limit may come down to, where it is seen to have grown too far.</returns>
    public double? NoteCompletion(double now, double took, int inFlight, double limit, double cost = 1)
    {
        if (inFlight < _initial / 2)
        {
            _answers.Clear();
            _firstGrowth = null;
            _firstCount = 0;
            _firstCost = 0;
            _firstTime = 0;
        }
        else
        {
            _answers.Add(now);
        }

        _firstEnd = _ended == 0 ? now : _firstEnd;
        _ended++;
        _endedSince++;
        _inFlight = inFlight;
        _lately += ((took * cost) - _lately) / Math.Min(_ended, Lately);
        if (now - took <= _firstGrowth)
        {
            _firstCount++;
            _firstCost += cost;
            _firstTime += took * cost;
        }

        if (inFlight > _initial && IsFalling(now))
        {
            End();
            return _initial < FarAbove * limit ? _initial : null;
        }

        if (_firstCost < Full * _initial || _answers.Odds(now) <= SteadyOdds)
        {
            return null;
        }

        double knee = _answers.Rate * (_firstTime / _firstCount);
        double target = Math.Max(_initial, Knee.Staffing(knee) * knee);
        bool isCrowded = inFlight >= Full * limit || inFlight > Crowd * target;
        return isCrowded && target < FarAbove * limit ? target : null;
    }

    /// <summary>A request failed. That says nothing of the service, unless most do since the limit grew.</summary>
    /// <returns>What the limit must come down to then.</returns>
    public double? NoteFailed(double limit)
    {
        _failedSince += _lastGrowth is null ? 0 : 1;
        if (_failedSince < FewestFailed || _failedSince <= _endedSince)
        {
            return null;
        }

        End();
        return _initial < FarAbove * limit ? _initial : null;
    }

    /// <summary>A request finds the limit full.</summary>
    /// <param name="now">The time.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="mayWait">Whether it waits: then one that comes alone can wait for a measurement.</param>
    /// <param name="highest">The highest that the limit may be.</param>
    /// <returns>By what factor the limit may grow; 1 for not at all.</returns>
    public double GrowthFor(double now, double limit, bool mayWait = true, double highest = double.MaxValue)
    {
        double fifth = _arrivals[_arrivalCount % _arrivals.Length];
        _arrivals[_arrivalCount % _arrivals.Length] = now;
        _arrivalCount++;
        bool isRush = !mayWait || now - fifth <= _arrivals.Length / _initial * Longest;
        if (!isRush || (now - _firstGrowth > Longest && IsExplained(now)) || limit >= Math.Min(highest, _initial * MostGrowth) || !_isRead)
        {
            return 1;
        }

        double growth = 1 + (Gain * Math.Clamp((BusyShare - _processorShare) / (BusyShare - IdleShare), 0, 1));
        if (!_isJudged)
        {
            _isJudged = true;
            if (IsExplained(now) && (_answers.IsFull || _answers.Odds(now) > SteadyOdds))
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
        if ((_lastGrowth is null ? _ended : _endedSince) >= FewestEnded)
        {
            _bestRate = Math.Max(_bestRate, _ended / (now - _firstEnd));
        }

        _lastGrowth = now;
        _endedSince = 0;
        _failedSince = 0;
        return growth;
    }

    public void End() => IsOver = true;

    /// <summary>Whether clearly less than half as much ends since it grew last as before: more in flight are in each other's way.</summary>
    private bool IsFalling(double now)
    {
        double expected = _bestRate * (now - (_lastGrowth ?? now));
        return expected > EnoughExpected && _endedSince < (expected - Math.Sqrt(expected)) / 2;
    }

    /// <summary>Whether the answers account for those that run: rate times mean time, by Little's law.</summary>
    private bool IsExplained(double now) => _answers.Count >= 2 && _answers.Count * _lately >= Explained * _inFlight * _answers.Length(now);
}
