namespace Backpressure.AspNetCore.Limits;

/// <summary>Follows how long requests take, from grant to return, in seconds: their mean, their spread, and how long it takes until those that run have been replaced by others.</summary>
internal sealed class ServiceTimes
{
    private const int Memory = 100; // long enough to hold the rare dear request in mind among many cheap ones
    private const double ShortestTurnover = 0.00001;
    private const double UnknownTurnover = 0.01;
    private const double LeastSpread = 0.5;
    private const double MostSpread = 30;
    private const int EnoughForSpread = 10;
    private const double Longest = 1000; // times the mean: one that took an hour must not make all others wait for it
    private const double LoweredTime = 0.6; // what halving the limit leaves of the times
    private const double Soon = 0.5; // of the usual time: who ends in vain before that says nothing of the service
    private const double SoonerEachTime = 0.98; // unless it goes on like that: then it is the service that became quicker

    private double _mean;
    private double _meanSquare;
    private int _known;
    private double _windowSum;
    private double _windowSquares;
    private int _windowCount;
    private double _least; // the time from which one that ended in vain says something

    public double Mean => _known == 0 ? UnknownTurnover : _mean;

    /// <summary>E[R²]/E[R], the mean of the requests that are found running: after it, what is measured comes from requests that started under the present limit.</summary>
    public double Turnover => _known == 0 ? UnknownTurnover : Math.Max(ShortestTurnover, _meanSquare / _mean);

    /// <summary>The squared coefficient of variation. So many times more than a Poisson process do counts of completions vary where each permit is a renewal process of its own.</summary>
    public double Spread => _known < EnoughForSpread ? 1 : Math.Clamp((_meanSquare / (_mean * _mean)) - 1, LeastSpread, MostSpread);

    /// <summary>A request ended.</summary>
    /// <returns>Whether that says anything of the service: failures do not, nor who ends in vain long before others are served, be it a caller that leaves at once or one that gives itself no time.</returns>
    public bool Note(double seconds, Ending ending)
    {
        if (ending is Ending.Expired or Ending.Left && seconds < _least)
        {
            _least *= SoonerEachTime;
            return false;
        }

        if (ending == Ending.Served)
        {
            Add(seconds);
            _least = Soon * _mean;
        }
        else if (ending is Ending.Expired or Ending.Left && seconds > _mean)
        {
            Add(seconds); // at least so long: it may have been broken off, and less than the usual would say nothing
        }

        return ending is not (Ending.Failed or Ending.Ignored);
    }

    private void Add(double sample)
    {
        double seconds = _known < EnoughForSpread ? sample : Math.Min(sample, Longest * _mean);
        _known = Math.Min(_known + 1, Memory);
        _mean += (seconds - _mean) / _known;
        _meanSquare += ((seconds * seconds) - _meanSquare) / _known;
        _windowSum += seconds;
        _windowSquares += seconds * seconds;
        _windowCount++;
    }

    public void BeginWindow()
    {
        _windowSum = 0;
        _windowSquares = 0;
        _windowCount = 0;
    }

    /// <summary>Lets the window that ends weigh as much as all before it: a slow service would else be remembered for minutes as it was.</summary>
    public void EndWindow()
    {
        if (_windowCount > 0)
        {
            _mean = (_mean + (_windowSum / _windowCount)) / 2;
            _meanSquare = (_meanSquare + (_windowSquares / _windowCount)) / 2;
        }
    }

    /// <summary>The limit was halved: expects requests to take less than they did, as fewer of them run from now on.</summary>
    public void Halved()
    {
        _mean *= LoweredTime;
        _least *= LoweredTime;
        _meanSquare *= LoweredTime * LoweredTime;
    }
}
