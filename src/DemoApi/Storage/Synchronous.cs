namespace DemoApi.Storage;

/// <summary>What an acknowledged write is worth.</summary>
internal enum Synchronous
{
    /// <summary>It is on the disk: SQLite flushes its log before a commit returns.</summary>
    Full,

    /// <summary>It is with the operating system, and lost when that goes down. For comparison only.</summary>
    Off,
}
