using System.Globalization;

namespace Backpressure.Simulation.Pictures;

/// <summary>Maps values to places along an edge of a chart, and says where marks are.</summary>
internal sealed class Axis
{
    private const int FewestMarks = 4;

    private readonly double _least;
    private readonly double _most;
    private readonly bool _isLogarithmic;

    /// <param name="values">What must find room.</param>
    /// <param name="isLogarithmic">Whether equal ratios are equally long; then only what is above 0 has a place.</param>
    public Axis(IEnumerable<double> values, bool isLogarithmic)
    {
        double[] shown = [.. values.Where(value => double.IsFinite(value) && (!isLogarithmic || value > 0))];
        _isLogarithmic = isLogarithmic;
        _least = isLogarithmic && shown.Length > 0 ? shown.Min() : 0;
        _most = shown.Length > 0 ? shown.Max() : 1;
        if (_most <= _least)
        {
            _most = isLogarithmic ? _least * 10 : _least + 1;
        }
    }

    /// <summary>From 0 to 1; NaN for what has no place.</summary>
    public double PlaceOf(double value)
    {
        double place = _isLogarithmic ? Math.Log(value / _least) / Math.Log(_most / _least) : (value - _least) / (_most - _least);
        return double.IsFinite(place) ? Math.Clamp(place, 0, 1) : double.NaN;
    }

    /// <summary>Round values within the axis: 1, 2 and 5 times powers of ten.</summary>
    public IEnumerable<double> Marks()
    {
        if (_isLogarithmic)
        {
            int first = (int)Math.Floor(Math.Log10(_least));
            int last = (int)Math.Ceiling(Math.Log10(_most));
            double[] of = last - first > FewestMarks ? [1] : [1, 2, 5];
            return Enumerable.Range(first, last - first + 1).SelectMany(power => of.Select(one => one * Math.Pow(10, power))).Where(value => value >= _least && value <= _most);
        }

        double raw = (_most - _least) / FewestMarks;
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double step = new[] { 1, 2, 5, 10 }.Select(one => one * power).First(one => one >= raw * 0.999);
        return Enumerable.Range(0, (int)(_most / step) + 1).Select(index => index * step);
    }

    public static string Text(double value) => value.ToString(value >= 1000 ? "#,0" : "0.###", CultureInfo.InvariantCulture);
}
