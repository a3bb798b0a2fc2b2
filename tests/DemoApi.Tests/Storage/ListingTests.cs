using System.Text;
using CsCheck;
using DemoApi.Storage;
using DemoApi.Tests.Hosting;

namespace DemoApi.Tests.Storage;

public sealed class ListingTests
{
    [Fact]
    public Task Pages_of_a_listing_are_the_sorted_keys() => Gen
        .Select(Gen.String[Gen.OneOf('a', 'b', 'Z', '/', '\u0001', 'é', '～'), 1, 4].Array[0, 25], Gen.OneOf("", "a", "b/", "é"), Gen.Int[1, 6])
        .SampleAsync(
            async (keys, prefix, limit) =>
            {
                using TempFolder folder = new();
                using KeyValueStore store = Open(folder);
                foreach (string key in keys)
                {
                    await store.PutAsync(Key(key), Value(key), default);
                }

                IEnumerable<string> expected = keys.Distinct()
                    .Where(key => key.StartsWith(prefix, StringComparison.Ordinal))
                    .OrderBy(key => Convert.ToHexString(Encoding.UTF8.GetBytes(key)), StringComparer.Ordinal);
                Assert.Equal(expected, ListAll(store, prefix, limit).Select(item => item.Key));
                Assert.All(ListAll(store, prefix, limit), item => Assert.Equal(Encoding.UTF8.GetByteCount(item.Key), item.Size));
            },
            iter: 30);

    [Fact]
    public async Task A_listing_is_in_the_order_of_bytes_where_UTF_16_has_another()
    {
        using TempFolder folder = new();
        using KeyValueStore store = Open(folder);
        foreach (string key in (string[])["😀", "～", "é", "a", "Z"])
        {
            await store.PutAsync(Key(key), Value("1"), default);
        }

        Assert.Equal(["Z", "a", "é", "～", "😀"], ListAll(store, "", 2).Select(item => item.Key));
    }

    [Fact]
    public async Task A_listing_after_all_keys_of_the_prefix_is_empty()
    {
        using TempFolder folder = new();
        using KeyValueStore store = Open(folder);
        await store.PutAsync(Key("a1"), Value("1"), default);

        Assert.Empty(store.List("a"u8.ToArray(), "b"u8.ToArray(), 10).Items);
        Assert.Single(store.List("a"u8.ToArray(), "A"u8.ToArray(), 10).Items);
    }

    private static List<ListedKey> ListAll(KeyValueStore store, string prefix, int limit)
    {
        List<ListedKey> all = [];
        string? after = "";
        while (after is not null)
        {
            KeyPage page = store.List(Encoding.UTF8.GetBytes(prefix), Encoding.UTF8.GetBytes(after), limit);
            Assert.True(page.Items.Count <= limit);
            Assert.True(page.Next is null || page.Items.Count == limit);
            all.AddRange(page.Items);
            after = page.Next;
        }

        return all;
    }

    private static StorageKey Key(string text) => StorageKey.From(Encoding.UTF8.GetBytes(text)).Key!;

    private static StoredValue Value(string text) => new(Encoding.UTF8.GetBytes(text), "text/plain");

    private static KeyValueStore Open(TempFolder folder) => new(new StorageSettings(folder["demo.db"], Synchronous.Off));
}
