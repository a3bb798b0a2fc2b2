namespace Backpressure.Simulation.Tests.Engine;

/// <summary>What queueing theory says of Poisson arrivals at c servers with exponential times.</summary>
internal static class Erlang
{
    /// <summary>The probability that all of c servers are busy where nobody waits, at an offered load of a servers.</summary>
    public static double Loss(int c, double a)
    {
        double loss = 1;
        for (int i = 1; i <= c; i++)
        {
            loss = a * loss / (i + (a * loss));
        }

        return loss;
    }

    /// <summary>The probability that one must wait (Erlang C).</summary>
    public static double Wait(int c, double a) => Loss(c, a) / (1 - (a / c * (1 - Loss(c, a))));

    /// <summary>The probability that a request finds k in the system where no more than k fit (M/M/c/k).</summary>
    public static double Loss(int c, int k, double a)
    {
        double term = 1;
        double sum = 1;
        for (int i = 1; i <= k; i++)
        {
            term *= a / Math.Min(i, c);
            sum += term;
        }

        return term / sum;
    }
}
