using System.Globalization;

namespace DemoApi.Endpoints;

/// <summary>Undoes percent-encoding to the bytes that were meant.</summary>
/// <remarks>The framework's own decoding leaves %2F and broken sequences as they stand, so that two keys could become one.</remarks>
internal static class PercentText
{
    private const string Fix = "Percent-encode every byte outside A-Z a-z 0-9 - . _ ~, and a percent sign itself as %25.";

    /// <summary>Decodes a part of a path or a query.</summary>
    /// <param name="raw">The characters as they came.</param>
    /// <param name="plusIsSpace">Whether <c>+</c> means a space, as it does in a query.</param>
    /// <returns>The bytes; or the rule that the text breaks, to go after "it".</returns>
    public static (byte[]? Bytes, string? Broken) Decode(ReadOnlySpan<char> raw, bool plusIsSpace)
    {
        byte[] bytes = new byte[raw.Length];
        int length = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            char c = raw[i];
            if (c == '%')
            {
                if (i + 2 >= raw.Length || !byte.TryParse(raw.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[length]))
                {
                    return (null, $"has a percent sign without two hexadecimal digits behind it. {Fix}");
                }

                i += 2;
            }
            else if (char.IsAscii(c))
            {
                bytes[length] = plusIsSpace && c == '+' ? (byte)' ' : (byte)c;
            }
            else
            {
                return (null, $"has a character outside ASCII. {Fix}");
            }

            length++;
        }

        return (bytes[..length], null);
    }
}
