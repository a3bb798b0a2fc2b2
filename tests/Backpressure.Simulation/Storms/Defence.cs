namespace Backpressure.Simulation.Storms;

/// <summary>What keeps a storm down.</summary>
[Flags]
internal enum Defence
{
    /// <summary>Nothing: no limit, no budget, and clients that try four times.</summary>
    None = 0,

    /// <summary>The server that is shipped, with its defaults.</summary>
    Server = 1,

    /// <summary>The client that is shipped.</summary>
    Client = 2,

    /// <summary>Both.</summary>
    Both = Server | Client,
}
