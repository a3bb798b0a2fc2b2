namespace Backpressure.Simulation.Algorithms.Peers;

/// <summary>The step of the limits that follow TCP Vegas: the whole part of log10 of the limit, 1 or more.</summary>
internal static class LogStep
{
    public static int Of(double limit) => limit < 100 ? 1 : (int)Math.Log10((int)limit);
}
