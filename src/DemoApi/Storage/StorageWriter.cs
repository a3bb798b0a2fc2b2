using Microsoft.Data.Sqlite;

namespace DemoApi.Storage;

/// <summary>The one connection that writes; writes take turns on it. Whoever leaves while waiting wrote nothing; a write that has begun runs to its end.</summary>
internal sealed class StorageWriter : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SqliteConnection _connection; // _turn
    private readonly SqliteCommand _update;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _delete;

    public StorageWriter(SqliteConnection connection)
    {
        _connection = connection;
        _update = Prepare("UPDATE kv SET value = $value, content_type = $type WHERE key = $key", "$key", "$value", "$type");
        _insert = Prepare("INSERT INTO kv (key, value, content_type) VALUES ($key, $value, $type)", "$key", "$value", "$type");
        _delete = Prepare("DELETE FROM kv WHERE key = $key", "$key");
    }

    /// <summary>Stores a value; when the task is complete the value is as durable as the settings say.</summary>
    /// <returns>Whether the key is new.</returns>
    public async Task<bool> PutAsync(StorageKey key, StoredValue value, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            using SqliteTransaction transaction = _connection.BeginTransaction();
            bool isNew = Run(_update, transaction, key.Bytes, value.Content, value.ContentType) == 0;
            if (isNew)
            {
                Run(_insert, transaction, key.Bytes, value.Content, value.ContentType);
            }

            transaction.Commit();
            return isNew;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Removes a key, if it is there, as durably as a value is stored.</summary>
    public async Task DeleteAsync(StorageKey key, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            using SqliteTransaction transaction = _connection.BeginTransaction();
            Run(_delete, transaction, key.Bytes);
            transaction.Commit();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Lets the write that is under way end, then closes the connection.</summary>
    public void Dispose()
    {
        _turn.Wait();
        _delete.Dispose();
        _insert.Dispose();
        _update.Dispose();
        _connection.Dispose();
        _turn.Dispose();
    }

    private static int Run(SqliteCommand command, SqliteTransaction transaction, params ReadOnlySpan<object?> values)
    {
        command.Transaction = transaction;
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (string parameter in parameters)
        {
            command.Parameters.AddWithValue(parameter, DBNull.Value);
        }

        command.Prepare();
        return command;
    }
}
