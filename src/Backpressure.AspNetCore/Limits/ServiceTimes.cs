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

    private double _mean;
    private double _meanSquare;
    private int _known;
    private double _windowSum;
    private double _windowSquares;
    private int _windowCount;

    /// <summary>The mean within the window that was begun last; of late if nothing has ended in it.</summary>
    public double WindowMean => _windowCount > 0 ? _windowSum / _windowCount : _mean;

    /// <summary>E[R²]/E[R], the mean of the requests that are found running: after it, what is measured comes from requests that started under the present limit.</summary>
    public double Turnover => _known == 0 ? UnknownTurnover : Math.Max(ShortestTurnover, _meanSquare / _mean);

    /// <summary>The squared coefficient of variation. So many times more than a Poisson process do counts of completions vary where each permit is a renewal process of its own.</summary>
    public double Spread => _known < EnoughForSpread ? 1 : Math.Clamp((_meanSquare / (_mean * _mean)) - 1, LeastSpread, MostSpread);

    public void Add(double seconds)
    {
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

    /// <summary>Expects requests to take less than they did, as fewer of them run from now on.</summary>
    public void Shrink(double factor)
    {
        _mean *= factor;
        _meanSquare *= factor * factor;
    }
}
