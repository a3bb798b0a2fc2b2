using System.Collections.Concurrent;
using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Notes what an overrun decides.</summary>
internal sealed class NotedStages(bool sharesConnection) : IOverrunStages
{
    private readonly ConcurrentQueue<string> _notes = new();

    public IEnumerable<string> Notes => _notes;

    public bool SharesConnection => sharesConnection;

    public bool IsComplete { get; set; }

    public void Abandon() => _notes.Enqueue("abandoned");

    /// <summary>Runs when the log is told.</summary>
    public Action OnReport { get; init; } = static () => { };

    public void Report() => OnReport();

    public void Return() => _notes.Enqueue("returned");

    public void ResetStream() => _notes.Enqueue("stream reset");

    public void AbortConnection(bool isPoolStarved) => _notes.Enqueue(isPoolStarved ? "connection cut for a starved pool" : "connection cut");
}
