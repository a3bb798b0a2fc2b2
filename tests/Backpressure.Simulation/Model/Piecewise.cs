namespace Backpressure.Simulation.Model;

/// <summary>A value that changes at given times and is constant in between.</summary>
/// <param name="From">When each value begins, in seconds; ascending from 0.</param>
/// <param name="Values">The values.</param>
internal sealed record Piecewise(double[] From, double[] Values)
{
    public double At(double second)
    {
        int index = 0;
        while (index + 1 < From.Length && From[index + 1] <= second)
        {
            index++;
        }

        return Values[index];
    }

    /// <summary>The mean over a span of time.</summary>
    public double Mean(double from, double to)
    {
        double sum = 0;
        for (int i = 0; i < From.Length; i++)
        {
            double end = i + 1 < From.Length ? Math.Min(From[i + 1], to) : to;
            sum += Values[i] * Math.Max(0, end - Math.Max(From[i], from));
        }

        return sum / (to - from);
    }

    /// <summary>When the value last becomes another one before the given time; zero when it never does.</summary>
    public double LastChange(double before)
    {
        double last = 0;
        for (int i = 1; i < From.Length && From[i] < before; i++)
        {
            last = Values[i] == Values[i - 1] ? last : From[i];
        }

        return last;
    }
}
