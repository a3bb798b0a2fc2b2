using System.Text;
using System.Text.Unicode;

namespace DemoApi.Storage;

/// <summary>A key: 1 to 256 bytes of UTF-8 without NUL. Keys are compared byte by byte.</summary>
internal sealed class StorageKey
{
    /// <summary>The longest key, in bytes.</summary>
    public const int MaximumBytes = 256;

    private StorageKey(byte[] utf8) => Bytes = utf8;

    public byte[] Bytes { get; }

    /// <summary>Takes bytes as a key.</summary>
    /// <param name="utf8">The bytes; the key keeps them.</param>
    /// <returns>The key, or the rule that the bytes break, to go after "it".</returns>
    public static (StorageKey? Key, string? Broken) From(byte[] utf8)
    {
        if (utf8.Length == 0)
        {
            return (null, "is empty. Give 1 to 256 bytes.");
        }

        return Offence(utf8) is { } broken ? (null, broken) : (new StorageKey(utf8), null);
    }

    /// <summary>The rule for keys that a text breaks; <see langword="null"/> when it may be a key or the beginning of one.</summary>
    public static string? Offence(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaximumBytes)
        {
            return $"has {utf8.Length} bytes. Shorten it to at most {MaximumBytes} bytes of UTF-8.";
        }

        if (!Utf8.IsValid(utf8))
        {
            return "is not valid UTF-8. Encode it as UTF-8 and then percent-encode its bytes.";
        }

        return utf8.Contains((byte)0) ? "contains a NUL character, which no key may. Leave %00 out." : null;
    }

    public override string ToString() => Encoding.UTF8.GetString(Bytes);
}
