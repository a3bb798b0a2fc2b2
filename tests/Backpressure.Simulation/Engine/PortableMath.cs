namespace Backpressure.Simulation.Engine;

/// <summary>Logarithm and exponential from additions, multiplications and divisions alone: a machine's own library may round them otherwise, and then a seed would mean another run.</summary>
internal static class PortableMath
{
    private const double Ln2 = 0.693147180559945309417232;
    private const double HighLn2 = 0.693147180369123816490; // its first bits, so that a multiple of it is exact
    private const double LowLn2 = 1.90821492927058770002e-10;
    private const double Sqrt2 = 1.41421356237309504880;
    private const int FractionBits = 52;
    private const int Bias = 1023;

    /// <summary>The natural logarithm of a positive, normal number.</summary>
    public static double Log(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> FractionBits) - Bias;
        double fraction = BitConverter.Int64BitsToDouble((bits & ((1L << FractionBits) - 1)) | ((long)Bias << FractionBits));
        if (fraction > Sqrt2)
        {
            fraction /= 2;
            exponent++;
        }

        double s = (fraction - 1) / (fraction + 1); // log m = 2 artanh s
        double square = s * s;
        double sum = 0;
        for (int power = 21; power >= 1; power -= 2)
        {
            sum = (sum * square) + (1.0 / power);
        }

        return (exponent * HighLn2) + ((exponent * LowLn2) + (2 * s * sum));
    }

    /// <summary>e to the power of a number between -700 and 700.</summary>
    public static double Exp(double value)
    {
        double times = Math.Round(value / Ln2);
        double rest = value - (times * HighLn2) - (times * LowLn2);
        double sum = 1;
        for (int term = 14; term >= 1; term--)
        {
            sum = 1 + (sum * rest / term);
        }

        return sum * BitConverter.Int64BitsToDouble(((long)times + Bias) << FractionBits);
    }
}
