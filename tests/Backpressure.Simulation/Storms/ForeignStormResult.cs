namespace Backpressure.Simulation.Storms;

/// <summary>What a server with its defaults went through with clients of others.</summary>
/// <param name="Client">Their name.</param>
/// <param name="Calls">Logical calls.</param>
/// <param name="FirstAttempts">First attempts that came.</param>
/// <param name="Retries">Retries that came.</param>
/// <param name="Refused">Attempts that were refused.</param>
/// <param name="Tickets">Refusals that welcomed a retry.</param>
/// <param name="ServedShare">What it served a second, over what it can, after the warm-up.</param>
/// <param name="AnsweredShare">What of that was answered while its client still waited, likewise.</param>
/// <param name="PeakInFlight">The most that ran at once.</param>
/// <param name="PeakLimit">The highest limit.</param>
internal sealed record ForeignStormResult(
    string Client, long Calls, long FirstAttempts, long Retries, long Refused, long Tickets, double ServedShare, double AnsweredShare, double PeakInFlight, double PeakLimit)
{
    public double Amplification => (double)(FirstAttempts + Retries) / FirstAttempts;
}
