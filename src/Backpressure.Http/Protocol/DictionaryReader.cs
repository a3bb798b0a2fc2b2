using System.Buffers;

namespace Backpressure.Http.Protocol;

/// <summary>Walks the members of an RFC 9651 dictionary without allocating; it stops at the first error of grammar and never throws.</summary>
internal ref struct DictionaryReader
{
    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-.*");

    private ReadOnlySpan<char> _rest;

    public DictionaryReader(ReadOnlySpan<char> field) => _rest = field.Trim(' ');

    /// <summary>Whether the field broke the grammar; then it counts as absent, whatever was read before.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Reads the next member. <paramref name="value"/> is its text without parameters, and empty for a key that stands alone.</summary>
    public bool TryRead(out ReadOnlySpan<char> key, out ReadOnlySpan<char> value)
    {
        value = default;
        if (_rest.IsEmpty || IsMalformed)
        {
            key = default;
            return false;
        }

        bool read = TryTakeKey(out key) && TryTakeValue(out value) && TrySkipParameters() && TryTakeSeparator();
        IsMalformed = !read;
        return read;
    }

    private bool TryTakeKey(out ReadOnlySpan<char> key)
    {
        int end = _rest.IndexOfAnyExcept(KeyCharacters);
        key = end < 0 ? _rest : _rest[..end];
        _rest = _rest[key.Length..];
        return !key.IsEmpty && (char.IsAsciiLetterLower(key[0]) || key[0] == '*');
    }

    private bool TryTakeValue(out ReadOnlySpan<char> value)
    {
        value = default;
        if (!TryTake('='))
        {
            return true;
        }

        ReadOnlySpan<char> start = _rest;
        bool taken = TryTake('(') ? TrySkipInnerList() : TrySkipItem();
        value = start[..^_rest.Length];
        return taken;
    }

    /// <summary>Between members stands a comma with optional blanks; after the last one nothing.</summary>
    private bool TryTakeSeparator()
    {
        _rest = _rest.TrimStart(" \t");
        if (_rest.IsEmpty)
        {
            return true;
        }

        bool comma = TryTake(',');
        _rest = _rest.TrimStart(" \t");
        return comma && !_rest.IsEmpty;
    }

    private bool TrySkipInnerList()
    {
        _rest = _rest.TrimStart(' ');
        while (!TryTake(')'))
        {
            if (!TrySkipItem() || !TrySkipParameters() || _rest.IsEmpty || _rest[0] is not (' ' or ')'))
            {
                return false;
            }

            _rest = _rest.TrimStart(' ');
        }

        return true;
    }

    private bool TrySkipParameters()
    {
        while (TryTake(';'))
        {
            _rest = _rest.TrimStart(' ');
            if (!TryTakeKey(out _) || (TryTake('=') && !TrySkipItem()))
            {
                return false;
            }
        }

        return true;
    }

    private bool TrySkipItem()
    {
        int length = BareItem.Measure(_rest);
        _rest = _rest[length..];
        return length > 0;
    }

    private bool TryTake(char expected)
    {
        if (_rest.IsEmpty || _rest[0] != expected)
        {
            return false;
        }

        _rest = _rest[1..];
        return true;
    }
}
