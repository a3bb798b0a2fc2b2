using System.Text;
using Microsoft.Data.Sqlite;

namespace DemoApi.Storage;

/// <summary>Reads on pooled connections, any number at once, each seeing the last commit before it began.</summary>
internal sealed class StorageReader : IDisposable
{
    /// <summary>Sorts after every key: UTF-8 never contains this byte.</summary>
    private static readonly byte[] End = [0xFF];

    private readonly string _connectionString;

    public StorageReader(string connectionString) => _connectionString = connectionString;

    /// <summary>The value of a key; <see langword="null"/> when there is none.</summary>
    public StoredValue? Get(StorageKey key)
    {
        using SqliteConnection connection = Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT value, content_type FROM kv WHERE key = $key";
        command.Parameters.AddWithValue("$key", key.Bytes);
        using SqliteDataReader rows = command.ExecuteReader();
        return rows.Read() ? new StoredValue(rows.GetFieldValue<byte[]>(0), rows.IsDBNull(1) ? null : rows.GetString(1)) : null;
    }

    /// <summary>Keys in the order of their bytes.</summary>
    /// <param name="prefix">What the keys begin with.</param>
    /// <param name="after">What they all sort after; empty for the beginning.</param>
    /// <param name="limit">How many, at least 1.</param>
    public KeyPage List(byte[] prefix, byte[] after, int limit)
    {
        using SqliteConnection connection = Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT key, length(value) FROM kv WHERE key >= $from AND key < $to ORDER BY key LIMIT $limit";
        command.Parameters.AddWithValue("$from", From(prefix, after));
        command.Parameters.AddWithValue("$to", To(prefix));
        command.Parameters.AddWithValue("$limit", limit + 1); // one more tells whether there is a next page
        using SqliteDataReader rows = command.ExecuteReader();
        List<ListedKey> items = [];
        while (items.Count < limit && rows.Read())
        {
            items.Add(new ListedKey(Encoding.UTF8.GetString(rows.GetFieldValue<byte[]>(0)), rows.GetInt64(1)));
        }

        bool hasMore = items.Count == limit && rows.Read();
        return new KeyPage(items, hasMore ? items[^1].Key : null);
    }

    /// <summary>Fails when the database cannot be read.</summary>
    public void Probe()
    {
        using SqliteConnection connection = Open();
        Database.Execute(connection, "SELECT 1 FROM kv LIMIT 1");
    }

    /// <summary>Closes the connections of the pool.</summary>
    public void Dispose()
    {
        using SqliteConnection connection = new(_connectionString);
        SqliteConnection.ClearPool(connection);
    }

    /// <summary>The first key of a page: the prefix itself, or the successor of <paramref name="after"/>, which is the same with a zero byte behind it.</summary>
    private static byte[] From(byte[] prefix, byte[] after) =>
        after.Length > 0 && after.AsSpan().SequenceCompareTo(prefix) >= 0 ? [.. after, 0] : prefix;

    /// <summary>The first text after all that begin with the prefix: its last byte, never 0xFF in UTF-8, plus one.</summary>
    private static byte[] To(byte[] prefix)
    {
        if (prefix.Length == 0)
        {
            return End;
        }

        byte[] to = [.. prefix];
        to[^1]++;
        return to;
    }

    private SqliteConnection Open()
    {
        SqliteConnection connection = new(_connectionString);
        connection.Open();
        return connection;
    }
}
