using System.Buffers;
using System.Text;

namespace Backpressure.Http.Protocol;

/// <summary>Finds where a Display String of RFC 9651 ends (section 4.2.10): quoted ASCII with percent signs before the bytes of other UTF-8.</summary>
internal static class DisplayString
{
    private const int LongestCharacter = 4; // in UTF-8

    /// <summary>The length of the display string that <paramref name="text"/> begins with; 0 where it breaks the grammar or is no UTF-8.</summary>
    public static int Measure(ReadOnlySpan<char> text)
    {
        if (text.Length < 2 || text[1] != '"')
        {
            return 0;
        }

        Span<byte> character = stackalloc byte[LongestCharacter];
        int pending = 0;
        for (int i = 2; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '"')
            {
                return pending == 0 ? i + 1 : 0;
            }

            if (c is < ' ' or > '~' || (c == '%' && !TryReadByte(text[(i + 1)..], out c)))
            {
                return 0;
            }

            i += text[i] == '%' ? 2 : 0;
            character[pending++] = (byte)c;
            switch (Rune.DecodeFromUtf8(character[..pending], out _, out _))
            {
                case OperationStatus.Done:
                    pending = 0;
                    break;
                case OperationStatus.InvalidData:
                    return 0;
            }
        }

        return 0;
    }

    private static bool TryReadByte(ReadOnlySpan<char> text, out char value)
    {
        value = '\0';
        if (text.Length < 2 || !char.IsAsciiHexDigitLower(text[0]) || !char.IsAsciiHexDigitLower(text[1]))
        {
            return false;
        }

        value = (char)((Digit(text[0]) << 4) | Digit(text[1]));
        return true;
    }

    private static int Digit(char c) => c <= '9' ? c - '0' : c - 'a' + 10;
}
