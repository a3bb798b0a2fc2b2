namespace DemoApi.Storage;

/// <summary>The durable key-value store: what a completed write stored is there after a restart, a crash of the program or a power cut.</summary>
internal sealed class KeyValueStore : IDisposable
{
    private readonly StorageWriter _writer;
    private readonly StorageReader _reader;

    /// <exception cref="Startup.StartupException">The database cannot be used.</exception>
    public KeyValueStore(StorageSettings settings)
    {
        _writer = new StorageWriter(Database.OpenWriter(settings));
        _reader = new StorageReader(Database.ReaderConnectionString(settings));
    }

    /// <inheritdoc cref="StorageWriter.PutAsync"/>
    public Task<bool> PutAsync(StorageKey key, StoredValue value, CancellationToken cancellationToken) => _writer.PutAsync(key, value, cancellationToken);

    /// <inheritdoc cref="StorageWriter.DeleteAsync"/>
    public Task DeleteAsync(StorageKey key, CancellationToken cancellationToken) => _writer.DeleteAsync(key, cancellationToken);

    /// <inheritdoc cref="StorageReader.Get"/>
    public StoredValue? Get(StorageKey key) => _reader.Get(key);

    /// <inheritdoc cref="StorageReader.List"/>
    public KeyPage List(byte[] prefix, byte[] after, int limit) => _reader.List(prefix, after, limit);

    /// <inheritdoc cref="StorageReader.Probe"/>
    public void Probe() => _reader.Probe();

    /// <summary>Closes the readers first: the last connection to close folds the log into the database file.</summary>
    public void Dispose()
    {
        _reader.Dispose();
        _writer.Dispose();
    }
}
