namespace Backpressure.AspNetCore.Limits;

/// <summary>Tells answers that come at a steady rate from such whose rate still rises, by the first few hundred.</summary>
internal sealed class SteadyRate
{
    private readonly double[] _at = new double[256];

    public int Count { get; private set; }

    /// <summary>Whether no more are noted.</summary>
    public bool IsFull => Count == _at.Length;

    /// <summary>Per second; of two at least.</summary>
    public double Rate => (Count - 1) / (_at[Count - 1] - _at[0]);

    public void Clear() => Count = 0;

    public void Add(double now)
    {
        if (!IsFull)
        {
            _at[Count++] = now;
        }
    }

    /// <summary>For how long they have come, in seconds; of one at least.</summary>
    public double Length(double now) => End(now) - _at[0];

    /// <summary>Sequential test (Wald) of a steady rate against one that rises from zero, by how many answers came in the first and in the second half of the time: the logarithm of the odds.</summary>
    public double Odds(double now)
    {
        if (Count == 0)
        {
            return 0;
        }

        double middle = (_at[0] + End(now)) / 2;
        int first = _at.AsSpan(0, Count).BinarySearch(middle);
        first = first < 0 ? ~first : first;
        int second = Count - first;
        return (first * Math.Log(0.5 / 0.25)) + (second * Math.Log(0.5 / 0.75));
    }

    private double End(double now) => IsFull ? _at[^1] : now;
}
