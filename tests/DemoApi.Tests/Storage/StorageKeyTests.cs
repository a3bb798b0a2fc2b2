using System.Text;
using DemoApi.Storage;

namespace DemoApi.Tests.Storage;

public sealed class StorageKeyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    public void A_key_has_1_to_256_bytes(int length) =>
        Assert.Equal(new string('k', length), StorageKey.From(Enumerable.Repeat((byte)'k', length).ToArray()).Key?.ToString());

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    [InlineData(10_000)]
    public void Fewer_or_more_bytes_are_no_key(int length) =>
        Assert.Contains("256 bytes", StorageKey.From(Enumerable.Repeat((byte)'k', length).ToArray()).Broken, StringComparison.Ordinal);

    [Fact]
    public void Bytes_count_and_not_characters()
    {
        Assert.NotNull(StorageKey.From(Encoding.UTF8.GetBytes(new string('水', 85))).Key); // 255 bytes
        Assert.Null(StorageKey.From(Encoding.UTF8.GetBytes(new string('水', 86))).Key); // 258 bytes
    }

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC3 })]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    public void Bytes_that_are_not_UTF_8_are_no_key(byte[] bytes) => Assert.Contains("UTF-8", StorageKey.From(bytes).Broken, StringComparison.Ordinal);

    [Fact]
    public void A_key_holds_no_NUL() => Assert.Contains("NUL", StorageKey.From([1, 0, 1]).Broken, StringComparison.Ordinal);
}
