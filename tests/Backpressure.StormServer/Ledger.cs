namespace Backpressure.StormServer;

/// <summary>Counts what arrived at the server, in front of everything that might refuse it, and what was run.</summary>
internal sealed class Ledger
{
    private int _arrived; // Interlocked only, as all of them
    private int _retries;
    private int _run;

    public void CountArrival(bool isRetry)
    {
        Interlocked.Increment(ref _arrived);
        if (isRetry)
        {
            Interlocked.Increment(ref _retries);
        }
    }

    public void CountRun() => Interlocked.Increment(ref _run);

    public LedgerEntry Read() => new(Volatile.Read(ref _arrived), Volatile.Read(ref _retries), Volatile.Read(ref _run));
}
