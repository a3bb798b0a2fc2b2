namespace Backpressure.AspNetCore.Telemetry;

/// <summary>The stages in which the client of a request that ignores its deadline is told; values of a metric's tag.</summary>
internal static class AbortStage
{
    /// <summary>The stream was reset; its connection lives on.</summary>
    public const string Stream = "stream";

    /// <summary>The connection was cut, which was the request's own.</summary>
    public const string Connection = "connection";

    /// <summary>A shared connection was cut, because a starved thread pool did not reset the stream in time.</summary>
    public const string ConnectionPoolStarved = "connection_pool_starved";

    public static readonly string[] All = [Stream, Connection, ConnectionPoolStarved];
}
