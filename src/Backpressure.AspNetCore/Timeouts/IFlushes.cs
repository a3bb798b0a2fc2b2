namespace Backpressure.AspNetCore.Timeouts;

/// <summary>Knows when a part of an answer was handed to the server last.</summary>
internal interface IFlushes
{
    /// <summary>When, as a timestamp of the clock; now while one is under way, which ends when the client reads or the server gives it up.</summary>
    long LastAt { get; }
}
