namespace Backpressure.Simulation.Storms;

/// <summary>What was counted while the last of three tiers failed always.</summary>
/// <param name="Failure">How it failed.</param>
/// <param name="Client">Whose client all tiers had.</param>
/// <param name="Relays">Whether the tiers in front answered with 503 for it; otherwise with 500.</param>
/// <param name="Calls">Calls of users.</param>
/// <param name="Ended">Those that ended while the run lasted.</param>
/// <param name="AttemptsAtA">Attempts that came to the first tier.</param>
/// <param name="AttemptsAtB">To the second.</param>
/// <param name="AttemptsAtC">To the last.</param>
/// <param name="FirstAttemptsAtC">Those that were no retry of the tier before.</param>
/// <param name="RetriesAtC">Those that were.</param>
/// <param name="NestedRetries">Retries of the tiers in the course of a request that was a retry itself; of clients of others it is not known.</param>
internal sealed record TierStormResult(
    FailureKind Failure, string Client, bool Relays, long Calls, long Ended, long AttemptsAtA, long AttemptsAtB, long AttemptsAtC, long FirstAttemptsAtC, long RetriesAtC, long NestedRetries)
{
    /// <summary>How often the last tier was asked for each call of a user.</summary>
    public double Amplification => (double)AttemptsAtC / Calls;

    /// <summary>The same of one hop: attempts that came to the last tier for each first attempt.</summary>
    public double HopAmplification => (double)AttemptsAtC / FirstAttemptsAtC;
}
