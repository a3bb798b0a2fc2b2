namespace Backpressure.StormServer;

/// <summary>The counts of a ledger.</summary>
/// <param name="Arrived">Requests for work, tries included.</param>
/// <param name="Retries">Those of them that said they were no first attempt.</param>
/// <param name="Run">Those that reached the handler.</param>
internal sealed record LedgerEntry(int Arrived, int Retries, int Run);
