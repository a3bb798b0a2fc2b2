using DemoApi.Startup;
using Microsoft.Data.Sqlite;

namespace DemoApi.Storage;

/// <summary>Opens the database file, or says in one line why it cannot be used.</summary>
/// <remarks>In WAL mode readers and the writer do not wait for each other. With <c>synchronous=FULL</c> a commit returns when the log is flushed;
/// SQLite also flushes the folder's entry of each file that it creates before the first commit counts.</remarks>
internal static class Database
{
    private const int BusySeconds = 5;

    private const string Schema = "CREATE TABLE IF NOT EXISTS kv (key BLOB NOT NULL PRIMARY KEY, value BLOB NOT NULL, content_type TEXT) WITHOUT ROWID";

    /// <summary>Opens the connection that writes, creating folder, file and table where they are missing.</summary>
    /// <exception cref="StartupException">The folder or the file cannot be created or written, or is no database.</exception>
    public static SqliteConnection OpenWriter(StorageSettings settings)
    {
        try
        {
            Folder.Create(Path.GetDirectoryName(settings.Path)!);
            return Directory.Exists(settings.Path) ? throw new IOException("it is a folder, and a file is needed there") : Open(settings);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new StartupException(
                $"{StorageSettings.PathKey} is '{settings.Path}', which cannot be used: {exception.Message.TrimEnd('.')}. " +
                "It must be a SQLite database, or a place for a new one, that this program may write. Set Storage__Path to such a path, or make this one writable.",
                exception);
        }
    }

    /// <summary>How connections that read are opened; they are pooled.</summary>
    public static string ReaderConnectionString(StorageSettings settings) => new SqliteConnectionStringBuilder
    {
        DataSource = settings.Path,
        Mode = SqliteOpenMode.ReadOnly,
        DefaultTimeout = BusySeconds,
    }.ToString();

    public static void Execute(SqliteConnection connection, string sql) => Query(connection, sql);

    private static SqliteConnection Open(StorageSettings settings)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = settings.Path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = BusySeconds,
        }.ToString());
        try
        {
            connection.Open();
            string? mode = Query(connection, "PRAGMA journal_mode = WAL");
            if (mode != "wal")
            {
                throw new IOException($"its file system does not carry a write-ahead log (journal_mode is '{mode}')");
            }

            using (SqliteTransaction transaction = connection.BeginTransaction()) // takes the write lock, which a read-only file refuses
            {
                Execute(connection, Schema);
                transaction.Commit();
            }

            Execute(connection, $"PRAGMA synchronous = {settings.Synchronous}");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static string? Query(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() as string;
    }
}
