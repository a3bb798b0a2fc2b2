using System.Buffers;

namespace Backpressure.Http.Protocol;

/// <summary>Finds where a bare item of RFC 9651 ends (section 4.2.3.1): a number, string, token, byte sequence, boolean, date or display string.</summary>
internal static class BareItem
{
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~:/");
    private static readonly SearchValues<char> Base64Characters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && (char.IsAsciiLetter(text[0]) || text[0] == '*');

    /// <summary>The length of the item that <paramref name="text"/> begins with; 0 where it begins with none.</summary>
    public static int Measure(ReadOnlySpan<char> text) => (text.IsEmpty ? '\0' : text[0]) switch
    {
        '"' => MeasureString(text),
        '%' => DisplayString.Measure(text),
        ':' => MeasureBytes(text),
        '?' => text.Length > 1 && text[1] is '0' or '1' ? 2 : 0,
        '@' => StructuredNumber.Measure(text[1..], out _, out bool isInteger) is > 0 and int length && isInteger ? 1 + length : 0,
        _ => IsToken(text) ? LengthOfRun(text, TokenCharacters) : StructuredNumber.Measure(text, out _, out _),
    };

    private static int MeasureString(ReadOnlySpan<char> text)
    {
        for (int i = 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"':
                    return i + 1;
                case '\\' when i + 1 < text.Length && text[i + 1] is '"' or '\\':
                    i++;
                    break;
                case '\\' or < ' ' or > '~':
                    return 0;
            }
        }

        return 0;
    }

    private static int MeasureBytes(ReadOnlySpan<char> text)
    {
        int end = 1 + LengthOfRun(text[1..], Base64Characters);
        return end < text.Length && text[end] == ':' ? end + 1 : 0;
    }

    private static int LengthOfRun(ReadOnlySpan<char> text, SearchValues<char> allowed)
    {
        int end = text.IndexOfAnyExcept(allowed);
        return end < 0 ? text.Length : end;
    }
}
