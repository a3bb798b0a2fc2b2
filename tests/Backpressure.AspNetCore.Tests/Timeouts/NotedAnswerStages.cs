using System.Collections.Concurrent;
using Backpressure.AspNetCore.Timeouts;

namespace Backpressure.AspNetCore.Tests.Timeouts;

/// <summary>Notes what a watch over an answer decides.</summary>
internal sealed class NotedAnswerStages(bool sharesConnection, long due) : IAnswerStages
{
    private readonly ConcurrentQueue<string> _notes = new();

    public IEnumerable<string> Notes => _notes;

    public long Due { get; set; } = due;

    public bool SharesConnection => sharesConnection;

    public void LeaveRequest() => _notes.Enqueue("request left");

    public void Rest() => _notes.Enqueue("at rest");

    public void ResetStream() => _notes.Enqueue("stream reset");

    public void AbortConnection(bool isPoolStarved) => _notes.Enqueue(isPoolStarved ? "connection cut for a starved pool" : "connection cut");
}
