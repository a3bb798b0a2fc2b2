namespace Backpressure.Simulation.Engine;

/// <summary>A small generator of random numbers (splitmix64). Streams are named by what they are for, so that what one limit does cannot shift what another one meets.</summary>
internal struct SplitMix
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    private ulong _state;

    private SplitMix(ulong state) => _state = state;

    /// <summary>The stream of a seed for one purpose, and within that for one number.</summary>
    public static SplitMix For(ulong seed, StreamPurpose purpose, long number = 0) =>
        new(Mix(Mix(Mix(seed + Gamma) ^ ((ulong)purpose * Gamma)) + ((ulong)number * Gamma)));

    public ulong Next()
    {
        _state += Gamma;
        return Mix(_state);
    }

    /// <summary>Uniform from 0 up to 1.</summary>
    public double NextUniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Exponential with mean 1.</summary>
    public double NextExponential() => -PortableMath.Log(1 - NextUniform());

    /// <summary>Normal with mean 0 and variance 1 (Marsaglia's polar method).</summary>
    public double NextNormal()
    {
        while (true)
        {
            double x = (2 * NextUniform()) - 1;
            double y = (2 * NextUniform()) - 1;
            double square = (x * x) + (y * y);
            if (square is > 0 and < 1)
            {
                return x * Math.Sqrt(-2 * PortableMath.Log(square) / square);
            }
        }
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
