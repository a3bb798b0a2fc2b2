using System.Threading.RateLimiting;

namespace Backpressure.AspNetCore.Admission;

/// <summary>Tells of a limiter's gate in the terms of standard limiters.</summary>
internal static class LimiterStatistics
{
    /// <summary>Whether nothing is in use and nobody waits.</summary>
    public static bool IsIdle(AdmissionGate gate) => gate.Read().Policies[0] is { InUse: 0, Queued: 0 };

    public static RateLimiterStatistics Of(AdmissionGate gate)
    {
        PolicyReading reading = gate.Read().Policies[0];
        return new RateLimiterStatistics
        {
            CurrentAvailablePermits = Math.Max(0, gate.Limit - reading.InUse), // a lowered limit lets the excess drain
            CurrentQueuedCount = reading.PlacesTaken,
            TotalFailedLeases = reading.Shed.Sum(),
            TotalSuccessfulLeases = reading.Admitted,
        };
    }
}
