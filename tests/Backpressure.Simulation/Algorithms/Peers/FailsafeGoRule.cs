namespace Backpressure.Simulation.Algorithms.Peers;

/// <summary>Decides where the limit of failsafe-go goes: down for a long queue, and down when it is full and more in flight meant longer times but hardly more throughput.</summary>
internal static class FailsafeGoRule
{
    /// <returns>-1 to lower the limit by a step, 1 to raise it, 0 to keep it.</returns>
    public static int Decide(int queued, int step, bool isFull, double throughputCorrelation, double throughputVariation, double rttCorrelation)
    {
        if (queued > 6 * step)
        {
            return -1;
        }

        bool isSlower = rttCorrelation > 0.5;
        if (isFull && (throughputCorrelation < 0 || (isSlower && (throughputCorrelation < 0.3 || throughputVariation < 0.2))))
        {
            return -1;
        }

        return queued < 3 * step ? 1 : 0;
    }
}
