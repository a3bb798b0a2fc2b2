using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Makes deadlines that serve a request already.</summary>
internal static class Deadlines
{
    public static RequestDeadline Begun(TimeProvider time, CancellationToken client, IExpiryWitness? witness = null)
    {
        RequestDeadline deadline = new(time);
        deadline.Begin(client, witness);
        return deadline;
    }
}
