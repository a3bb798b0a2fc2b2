using System.Text;
using DemoApi.Startup;
using DemoApi.Storage;
using DemoApi.Tests.Hosting;
using Microsoft.Data.Sqlite;

namespace DemoApi.Tests.Storage;

public sealed class KeyValueStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task What_was_put_is_there_after_the_store_was_closed_and_opened()
    {
        using (KeyValueStore store = Open())
        {
            await store.PutAsync(Key("a"), new StoredValue([1, 0, 255], "image/png"), default);
            await store.PutAsync(Key("b"), new StoredValue([], null), default);
        }

        using KeyValueStore again = Open();
        StoredValue a = again.Get(Key("a"))!;
        StoredValue b = again.Get(Key("b"))!;

        Assert.Equal([1, 0, 255], a.Content);
        Assert.Equal("image/png", a.ContentType);
        Assert.Empty(b.Content);
        Assert.Null(b.ContentType);
    }

    [Fact]
    public async Task Closing_folds_the_log_into_the_database_file()
    {
        using (KeyValueStore store = Open())
        {
            await store.PutAsync(Key("a"), Value("1"), default);
            store.Get(Key("a"));
        }

        Assert.Equal(["demo.db"], Directory.GetFiles(_folder["data"]).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Put_tells_a_new_key_from_a_replaced_one()
    {
        using KeyValueStore store = Open();

        Assert.True(await store.PutAsync(Key("a"), Value("1"), default));
        Assert.False(await store.PutAsync(Key("a"), Value("2"), default));
        Assert.Equal("2", Encoding.UTF8.GetString(store.Get(Key("a"))!.Content));
    }

    [Fact]
    public async Task A_deleted_key_is_gone_and_new_when_put_again()
    {
        using KeyValueStore store = Open();
        await store.PutAsync(Key("a"), Value("1"), default);
        await store.DeleteAsync(Key("a"), default);
        await store.DeleteAsync(Key("never there"), default);

        Assert.Null(store.Get(Key("a")));
        Assert.True(await store.PutAsync(Key("a"), Value("1"), default));
    }

    [Fact]
    public async Task Who_left_before_its_turn_wrote_nothing()
    {
        using KeyValueStore store = Open();
        await store.PutAsync(Key("kept"), Value("1"), default);
        CancellationToken left = new(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.PutAsync(Key("new"), Value("2"), left));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.DeleteAsync(Key("kept"), left));

        Assert.Equal(["kept"], store.List([], [], 10).Items.Select(item => item.Key));
    }

    [Fact]
    public async Task A_write_that_fails_leaves_nothing_behind_and_the_next_one_works()
    {
        using KeyValueStore store = Open();
        using SqliteConnection stranger = new($"Data Source={_folder["data/demo.db"]};Pooling=False");
        stranger.Open();
        Run(stranger, "CREATE TRIGGER refuse BEFORE INSERT ON kv WHEN NEW.key = X'61' BEGIN SELECT RAISE(ABORT, 'no'); END");

        await Assert.ThrowsAsync<SqliteException>(() => store.PutAsync(Key("a"), Value("1"), default));

        Assert.True(await store.PutAsync(Key("b"), Value("1"), default));
        Assert.Equal(["b"], store.List([], [], 10).Items.Select(item => item.Key));
    }

    [Fact]
    public async Task Many_writers_and_readers_at_once_lose_nothing()
    {
        const int Writers = 8;
        const int Each = 20;
        using KeyValueStore store = Open();

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (int i = 0; i < Each; i++)
            {
                string key = $"{writer}-{i:00}";
                Assert.True(await store.PutAsync(Key(key), Value(key), default));
                Assert.Equal(key, Encoding.UTF8.GetString(store.Get(Key(key))!.Content));
            }
        })));

        Assert.Equal(Writers * Each, store.List([], [], 1000).Items.Count);
    }

    [Fact]
    public void Missing_folders_are_created()
    {
        using KeyValueStore store = new(new StorageSettings(_folder["x/y/z/demo.db"], Synchronous.Full));

        Assert.True(File.Exists(_folder["x/y/z/demo.db"]));
    }

    [Theory]
    [InlineData("file/demo.db", "is a file, and a folder is needed there")]
    [InlineData("file", "file is not a database")]
    [InlineData("", "it is a folder, and a file is needed there")]
    public void A_path_that_cannot_hold_the_database_is_named_with_rule_and_fix(string name, string why)
    {
        File.WriteAllText(_folder["file"], new string('x', 1000));
        string path = name.Length == 0 ? _folder.Path : _folder[name];

        StartupException exception = Assert.Throws<StartupException>(() => new KeyValueStore(new StorageSettings(path, Synchronous.Full)));

        Assert.StartsWith($"Storage:Path is '{path}', which cannot be used: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(why, exception.Message, StringComparison.Ordinal);
        Assert.Contains("Set Storage__Path", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    public void Dispose() => _folder.Dispose();

    private static StorageKey Key(string text) => StorageKey.From(Encoding.UTF8.GetBytes(text)).Key!;

    private static StoredValue Value(string text) => new(Encoding.UTF8.GetBytes(text), "text/plain");

    private static void Run(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private KeyValueStore Open() => new(new StorageSettings(_folder["data/demo.db"], Synchronous.Full));
}
